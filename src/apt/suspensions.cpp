// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apt/suspensions.hpp"

#include "base/must.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace haulier::apt {

namespace {

/// The deliverer and Haulier leave files alone whose names begin with a dot.
constexpr const char* FileName = ".suspended-by-apt";
constexpr mode_t FileMode = 0600;
constexpr useconds_t PauseUsec = 20'000;
constexpr int Attempts = 100;

int result(int r) {
    return r < 0 ? -errno : r;
}

void check_owner(int fd) {
    struct stat st {};
    must(result(fstat(fd, &st)), FileName);
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid()) must(-EPERM, FileName);
}

} // namespace

Suspensions::Suspensions(const std::string& folder) {
    folder_ = Fd{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    must(result(folder_.get()), "the staging folder");
    lock_folder();
    file_ = Fd{openat(folder_.get(), FileName,
                      O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, FileMode)};
    must(result(file_.get()), FileName);
    check_owner(file_.get());
    // Without other methods, the notes are those of methods that were killed.
    if (flock(file_.get(), LOCK_EX | LOCK_NB) == 0) must(result(ftruncate(file_.get(), 0)), FileName);
    must(result(flock(file_.get(), LOCK_SH | LOCK_NB)), FileName);
    must(result(flock(folder_.get(), LOCK_UN)), "the staging folder");
}

/// Not for longer than two seconds, because apt waits meanwhile.
void Suspensions::lock_folder() {
    for (int i = 1; flock(folder_.get(), LOCK_EX | LOCK_NB) != 0; ++i) {
        if (errno != EWOULDBLOCK || i == Attempts) must(-errno, "the staging folder");
        usleep(PauseUsec);
    }
}

void Suspensions::add(const std::string& job) {
    auto line = job + "\n";
    auto put = write(file_.get(), line.data(), line.size());
    must(result(static_cast<int>(put)), FileName);
    if (static_cast<size_t>(put) != line.size()) must(-ENOSPC, FileName);
}

std::set<std::string> Suspensions::leave() {
    lock_folder();
    // An attempt that fails gives up the shared lock, or keeps it until the file is closed.
    bool is_last = flock(file_.get(), LOCK_EX | LOCK_NB) == 0;
    auto jobs = is_last ? read() : std::set<std::string>{};
    if (is_last) unlinkat(folder_.get(), FileName, 0);
    file_.reset();
    if (!is_last) folder_.reset();
    return jobs;
}

std::set<std::string> Suspensions::read() {
    std::array<char, 65536> bytes{};
    auto got = pread(file_.get(), bytes.data(), bytes.size(), 0);
    must(result(static_cast<int>(got)), FileName);
    std::istringstream lines{std::string{bytes.data(), static_cast<size_t>(got)}};
    std::set<std::string> jobs;
    for (std::string line; std::getline(lines, line);)
        jobs.insert(line);
    return jobs;
}

} // namespace haulier::apt
