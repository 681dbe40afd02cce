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
    if (has_terminal()) posix_spawn_file_actions_addtcsetpgrp_np(&actions, STDIN_FILENO);

    pid_t pid = -1;
    int error = posix_spawnp(&pid, arguments.front(), &actions, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) return error;
    return Child{pid};
}

void Child::send(int signal) const {
    kill(-pid_, signal);
}

std::optional<int> Child::status() const {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace haulier::cli
