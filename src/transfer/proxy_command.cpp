// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/proxy_command.hpp"

#include "base/fd.hpp"
#include "base/log.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace haulier::transfer {

namespace {

constexpr size_t MaxOutput = 4096;

using Deadline = std::chrono::steady_clock::time_point;

/// What a child process is started with: a group and signals of its own, no input, and output into a pipe.
class SpawnPlan {
public:
    explicit SpawnPlan(int output) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        posix_spawnattr_init(&attributes_);
        sigset_t signals;
        sigemptyset(&signals);
        posix_spawnattr_setsigmask(&attributes_, &signals);
        sigfillset(&signals);
        posix_spawnattr_setsigdefault(&attributes_, &signals);
        posix_spawnattr_setflags(&attributes_,
                                 POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    /// Returns 0 or an errno.
    int start(const std::string& program, const std::string& argument, pid_t& child) const {
        std::array arguments{const_cast<char*>(program.c_str()), const_cast<char*>(argument.c_str()),
                             static_cast<char*>(nullptr)};
        return posix_spawn(&child, program.c_str(), &actions_, &attributes_, arguments.data(), environ);
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

bool wait_for_output(int pipe, Deadline deadline) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd wanted{.fd = pipe, .events = POLLIN, .revents = 0};
    return left.count() > 0 && poll(&wanted, 1, static_cast<int>(left.count())) > 0;
}

/// Reads until the program closes its output; returns nothing if that takes too long.
std::optional<std::string> read_output(int pipe, Deadline deadline) {
    std::string output;
    std::array<char, 512> piece{};
    while (output.size() < MaxOutput) {
        if (!wait_for_output(pipe, deadline)) return std::nullopt;
        ssize_t n = read(pipe, piece.data(), piece.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return std::nullopt;
        if (n == 0) return output;
        output.append(piece.data(), static_cast<size_t>(n));
    }
    return output;
}

/// The group is killed in any case, because the program may have left child processes behind.
bool has_succeeded(pid_t child, Deadline deadline) {
    siginfo_t ended{};
    auto is_over = [&] {
        return waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
               ended.si_pid == child;
    };
    while (!is_over() && std::chrono::steady_clock::now() < deadline)
        usleep(10'000);
    bool success = is_over() && ended.si_code == CLD_EXITED && ended.si_status == 0;
    kill(-child, SIGKILL);
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    return success;
}

} // namespace

std::string run_proxy_command(const std::string& program, const std::string& url, Usec limit) {
    const Deadline deadline = std::chrono::steady_clock::now() + limit;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return {};
    const Fd output{ends[0]};
    Fd input{ends[1]};
    pid_t child = -1;
    if (int error = SpawnPlan{input.get()}.start(program, url, child); error != 0) {
        log::debug(fmt::format("'{}' could not be started: {}", program, std::strerror(error)));
        return {};
    }
    input.reset();
    auto text = read_output(output.get(), deadline);
    bool success = has_succeeded(child, text ? deadline : Deadline{});
    if (text && success) return *text;
    log::debug(fmt::format("'{}' did not name a proxy for {}", program, url));
    return {};
}

} // namespace haulier::transfer
