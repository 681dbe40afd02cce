// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/workers/spawn.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

extern char** environ;

namespace haulier::daemon {

namespace {

constexpr int WorkerFd = 3;

Error failure(const std::string& what, int error) {
    return {Errc::Internal, fmt::format("{}: {}", what, std::strerror(error))};
}

/// The worker handles signals in its own loop, and starts with none blocked.
int start(const std::string& program, int socket, pid_t& pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_adddup2(&actions, socket, WorkerFd);

    std::string name = program;
    std::string option = fmt::format("--fd={}", WorkerFd);
    std::array<char*, 3> arguments{name.data(), option.data(), nullptr};
    int r = posix_spawn(&pid, program.c_str(), &actions, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return r;
}

} // namespace

Result<SpawnedWorker> spawn_worker(const std::string& program) {
    std::array<int, 2> pair{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair.data()) < 0)
        return failure("cannot make a socket pair for a worker", errno);
    SpawnedWorker worker{0, Fd{pair[0]}};
    Fd theirs{pair[1]};
    if (int r = start(program, theirs.get(), worker.pid); r != 0)
        return failure(fmt::format("cannot start the worker {}", program), r);
    return worker;
}

std::string describe_exit(int code, int value) {
    if (code == CLD_EXITED) return fmt::format("exit status {}", value);
    return fmt::format("signal {} ({})", value, strsignal(value));
}

} // namespace haulier::daemon
