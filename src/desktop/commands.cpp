// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/commands.hpp"

#include "base/fd.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace haulier::desktop {

struct Commands::Running {
    Source child;
    Fd errors;
    Finished finished;
};

namespace {

constexpr int CannotRun = 127;

/// The child gets the signals that our loop has blocked.
int spawn(const std::vector<std::string>& words, int errors, pid_t& pid) {
    std::vector<char*> arguments;
    for (const auto& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&actions);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (errors >= 0) posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    int failed = posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

/// A file in memory rather than a pipe: a program that stays may write as much as it likes.
std::string text_in(int fd) {
    constexpr size_t MostText = 4096;
    std::array<char, MostText> text{};
    auto length = pread(fd, text.data(), text.size(), 0);
    return {text.data(), length > 0 ? static_cast<size_t>(length) : 0};
}

} // namespace

void Commands::run(const std::vector<std::string>& words, Finished finished) {
    auto running = std::make_shared<Running>();
    running->errors = Fd{memfd_create("errors", MFD_CLOEXEC)};
    running->finished = std::move(finished);
    pid_t pid = 0;
    if (spawn(words, running->errors.get(), pid) != 0) {
        if (running->finished) running->finished(CannotRun, "");
        return;
    }
    running_.push_back(running);
    running->child = loop_.on_child_exit(pid, [this, at = std::prev(running_.end())](int code, int value) {
        auto ended = std::move(*at);
        running_.erase(at);
        auto status = code == CLD_EXITED ? value : CannotRun;
        if (ended->finished) ended->finished(status, text_in(ended->errors.get()));
    });
}

} // namespace haulier::desktop
