// SPDX-License-Identifier: LGPL-2.1-or-later
// Starts a worker as a child process, with one end of a socket pair.
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

#include <string>
#include <sys/types.h>

namespace haulier::daemon {

struct SpawnedWorker {
    pid_t pid = 0;
    Fd socket; ///< SOCK_SEQPACKET, non-blocking
};

/// Starts `program --fd=3`.
Result<SpawnedWorker> spawn_worker(const std::string& program);

/// "exit status 1" or "signal 9 (Killed)", from the result of waitid.
std::string describe_exit(int code, int value);

} // namespace haulier::daemon
