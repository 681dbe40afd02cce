// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/process_limits.hpp"

#include "base/fd.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <sys/eventfd.h>
#include <sys/resource.h>

namespace haulier {

namespace {

/// More are never needed, and some libraries allocate a table for as many as are possible.
constexpr rlim_t EnoughFiles = 65536;

} // namespace

/// Fails in a unit whose system calls are restricted; systemd has set the limit there.
void relax_limits() {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= EnoughFiles) return;
    files.rlim_cur = std::min(files.rlim_max, EnoughFiles);
    setrlimit(RLIMIT_NOFILE, &files);
}

bool has_free_descriptors() {
    std::array<Fd, 4> some;
    return std::all_of(some.begin(), some.end(), [](Fd& one) {
        one = Fd{eventfd(0, EFD_CLOEXEC)};
        return static_cast<bool>(one);
    });
}

} // namespace haulier
