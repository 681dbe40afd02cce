// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apt/own_method.hpp"

#include "base/must.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace haulier::apt {

namespace {

constexpr const char* Folder = "/usr/lib/apt/methods/";
constexpr const char* Fallback = "http";
constexpr int CannotStart = 127;

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) must(-errno, "pipe");
        out = Fd{ends[0]};
        in = Fd{ends[1]};
    }
    Fd out;
    Fd in;
};

/// A new process has the dispositions and the mask of signals of its parent.
void reset_signals() {
    sigset_t none{};
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    std::signal(SIGPIPE, SIG_DFL);
}

} // namespace

OwnMethod::OwnMethod(const std::string& path) {
    Pipe to;
    Pipe from;
    pid_ = fork();
    if (pid_ < 0) must(-errno, "fork");
    if (pid_ == 0) {
        reset_signals();
        if (dup2(to.out.get(), STDIN_FILENO) >= 0 && dup2(from.in.get(), STDOUT_FILENO) >= 0)
            become_own_method(path);
        _exit(CannotStart);
    }
    input = std::move(to.in);
    output = std::move(from.out);
}

void OwnMethod::signal(int number) const {
    kill(pid_, number);
}

int OwnMethod::wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0)
        if (errno != EINTR) return EXIT_FAILURE;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

std::string own_method_path(const std::string& called_as) {
    auto name = called_as.substr(called_as.rfind('/') + 1);
    bool is_scheme = name == "http" || name == "https";
    if (is_scheme && called_as.starts_with('/')) return called_as;
    return std::string{Folder} + (is_scheme ? name : Fallback);
}

void become_own_method(const std::string& path) {
    auto name = path;
    std::array<char*, 2> arguments{name.data(), nullptr};
    execv(path.c_str(), arguments.data());
}

} // namespace haulier::apt
