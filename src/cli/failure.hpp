// SPDX-License-Identifier: LGPL-2.1-or-later
// How a command ends: an exit code for scripts, which is stable and documented in haulierctl(1), and a
// message for the user. Functions of the command return Result<T, Failure>.
#pragma once

#include "base/result.hpp"

#include <string>
#include <utility>

namespace haulier::cli {

enum class Exit : int {
    Ok = 0,
    Failed = 1,        ///< the daemon refused the call, or another error occurred
    Usage = 2,         ///< the command line is invalid
    NoSuchJob = 3,     ///< also if several jobs match
    JobFailed = 4,     ///< the job is in error, or was completed without all of its files
    Cancelled = 5,     ///< the job that the command waited for was cancelled, or has expired
    Unreachable = 6,   ///< the bus cannot be reached, or the daemon cannot be started
    TimedOut = 7,      ///< --timeout has passed
    Interrupted = 130, ///< Ctrl-C, or the terminal was closed; the job continues
};

struct Failure {
    Exit code = Exit::Failed;
    std::string message; ///< a lower-case clause without a full stop
    bool operator==(const Failure&) const = default;
};

inline Failure usage_error(std::string message) {
    return {Exit::Usage, std::move(message)};
}

} // namespace haulier::cli
