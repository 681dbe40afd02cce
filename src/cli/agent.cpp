// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/agent.hpp"

#include "base/fd.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace haulier::cli {

namespace {

constexpr std::chrono::milliseconds RegistrationTimeout{25000};

bool is_interactive_terminal() {
    return geteuid() != 0 && isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
}

/// Runs in the child. The agent of a desktop has precedence (--fallback).
[[noreturn]] void become_agent(pid_t parent, int notify) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(EXIT_FAILURE);
    fcntl(notify, F_SETFD, 0);
    std::string pid = std::to_string(parent);
    std::string fd = std::to_string(notify);
    std::array words{std::string{"pkttyagent"}, std::string{"--process"}, pid, std::string{"--notify-fd"}, fd,
                     std::string{"--fallback"}};
    std::array<char*, words.size() + 1> arguments{};
    for (size_t i = 0; i < words.size(); ++i)
        arguments.at(i) = words.at(i).data();
    execvp(arguments[0], arguments.data());
    _exit(EXIT_FAILURE);
}

} // namespace

std::unique_ptr<Agent> Agent::start() {
    std::array<int, 2> ends{};
    if (!is_interactive_terminal() || pipe2(ends.data(), O_CLOEXEC) < 0) return nullptr;
    Fd registered{ends[0]};
    Fd notify{ends[1]};
    pid_t self = getpid();
    pid_t pid = fork();
    if (pid < 0) return nullptr;
    if (pid == 0) become_agent(self, notify.get());
    notify = Fd{};
    // The agent closes its end of the pipe when it is registered, or when it exits.
    pollfd watched{registered.get(), 0, 0};
    poll(&watched, 1, static_cast<int>(RegistrationTimeout.count()));
    return std::unique_ptr<Agent>{new Agent{pid}};
}

Agent::~Agent() {
    kill(pid_, SIGTERM);
    kill(pid_, SIGCONT);
    waitpid(pid_, nullptr, 0);
}

} // namespace haulier::cli
