// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/child.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace haulier::cli {

namespace {

/// Whether our group is the foreground group of the terminal. Ctrl-C and input are then for the program.
bool has_terminal() {
    return isatty(STDIN_FILENO) != 0 && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

/// Of a group that is not in the foreground yet.
void set_terminal_of(pid_t group) {
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTTOU);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    tcsetpgrp(STDIN_FILENO, group);
    sigprocmask(SIG_SETMASK, &before, nullptr);
}

} // namespace

Result<Child, int> Child::start(const std::vector<std::string>& words, const sigset_t& signals) {
    std::vector<char*> arguments;
    for (const auto& word : words)
        arguments.push_back(const_cast<char*>(word.c_str())); // posix_spawn does not write to them
    arguments.push_back(nullptr);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &signals);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    bool shares = has_terminal();
    if (shares) posix_spawn_file_actions_addtcsetpgrp_np(&actions, STDIN_FILENO);

    pid_t pid = -1;
    int error = posix_spawnp(&pid, arguments.front(), &actions, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) return error;
    return Child{pid, shares};
}

void Child::send(int signal) const {
    kill(-pid_, signal);
}

void Child::go_on() const {
    if (has_terminal_) set_terminal_of(pid_);
    send(SIGCONT);
}

void Child::take_terminal() const {
    if (has_terminal_) set_terminal_of(getpgrp());
}

std::optional<int> Child::status() {
    int status = 0;
    stopped_ = false;
    if (waitpid(pid_, &status, WNOHANG | WUNTRACED) != pid_) return std::nullopt;
    stopped_ = WIFSTOPPED(status);
    if (stopped_) return std::nullopt;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace haulier::cli
