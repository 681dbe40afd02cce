// SPDX-License-Identifier: LGPL-2.1-or-later
// How the command ends: a code for scripts, stable and documented in haulierctl(1), and a message for
// people.
#pragma once

#include "base/result.hpp"

#include <string>

namespace haulier::cli {

enum class Exit : int {
    Ok = 0,
    Failed = 1,        ///< the daemon refused, or something went wrong
    Usage = 2,         ///< the command line makes no sense
    NoSuchJob = 3,     ///< also: several jobs answer to the name
    JobFailed = 4,     ///< the job is in error, or was completed without all of its files
    Cancelled = 5,     ///< the job that we waited for was cancelled, or has expired
    Unreachable = 6,   ///< no bus, or the daemon cannot be started
    Interrupted = 130, ///< Ctrl-C; the job goes on
};

struct Failure {
    Exit code = Exit::Failed;
    std::string message;
    bool operator==(const Failure&) const = default;
};

template <class T>
using Outcome = haulier::Result<T, Failure>;

} // namespace haulier::cli
