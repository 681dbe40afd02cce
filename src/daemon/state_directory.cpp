// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/state_directory.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace haulier::daemon {

namespace {

constexpr unsigned LockTimeoutSeconds = 15;

Error failure(const std::string& path, const char* what, int error) {
    return {Errc::Store, fmt::format("{} {}: {}", what, path, std::strerror(error))};
}

/// flock() with a time-out by SIGALRM, because there is no loop yet that could wait.
int lock_with_timeout(int fd) {
    struct sigaction wake {};
    struct sigaction before {};
    wake.sa_handler = [](int) {};
    sigaction(SIGALRM, &wake, &before);
    alarm(LockTimeoutSeconds);
    int r = flock(fd, LOCK_EX) < 0 ? errno : 0;
    alarm(0);
    sigaction(SIGALRM, &before, nullptr);
    return r;
}

} // namespace

Result<Fd> lock_state_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return failure(path, "cannot make the state directory", error.value());
    if (chmod(path.c_str(), 0700) < 0) return failure(path, "cannot protect the state directory", errno);
    Fd lock{open((path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!lock) return failure(path, "cannot open the lock in", errno);
    int r = lock_with_timeout(lock.get());
    if (r == EINTR) return Error{Errc::Store, fmt::format("another haulierd uses {}", path)};
    if (r != 0) return failure(path, "cannot lock", r);
    return lock;
}

} // namespace haulier::daemon
