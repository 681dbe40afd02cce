// SPDX-License-Identifier: LGPL-2.1-or-later
// Why something about a transfer did not work: the cause for programs, a message for people.
#pragma once

#include "worker.pb.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace haulier::transfer {

struct Failure {
    wire::Cause cause = wire::INTERNAL;
    int32_t code = 0; ///< HTTP status, errno or CURLcode, as `cause` says
    std::string message;
    uint32_t retry_after_s = 0;
    bool void_offset = false; ///< what is on disk is worthless
    std::string remote;       ///< where a redirect led that is not allowed
    bool operator==(const Failure&) const = default;
};

/// Nothing, or what went wrong.
using Trouble = std::optional<Failure>;

template <class T>
using Outcome = std::variant<T, Failure>;

/// `what` did not work because of errno `error`. A full disk is told from all other local faults.
Failure local_failure(int error, const std::string& what);

} // namespace haulier::transfer
