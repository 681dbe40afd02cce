// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs code in a child process with a private tmpfs of 2 MiB, so that a disk can really be full.
#pragma once

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

namespace haulier::transfer {

inline void write_map(const char* file, const std::string& text) {
    int fd = open(file, O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, text.data(), text.size()) < 0) perror(file);
    if (fd >= 0) close(fd);
}

inline bool mount_small_disk(const std::string& where) {
    const uid_t uid = geteuid();
    if (uid == 0 ? unshare(CLONE_NEWNS) < 0 : unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) return false;
    if (uid != 0) write_map("/proc/self/uid_map", std::to_string(uid) + " " + std::to_string(uid) + " 1");
    return mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           mount("tmpfs", where.c_str(), "tmpfs", 0, "size=2m,mode=0777") == 0;
}

/// What `piece` answered in the child, as text; nothing if this machine lets nobody mount.
inline std::optional<std::string> on_small_disk(const std::string& where,
                                                const std::function<std::string()>& piece) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return std::nullopt;
    pid_t child = fork();
    if (child == 0) {
        bool mounted = mount_small_disk(where);
        auto text = mounted ? piece() : std::string{};
        bool told = !mounted || write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
        _exit(mounted && told ? 0 : 1);
    }
    close(ends[1]);
    std::string answer;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        answer.append(buffer, static_cast<size_t>(n));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
    return answer;
}

} // namespace haulier::transfer
