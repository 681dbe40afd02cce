// SPDX-License-Identifier: LGPL-2.1-or-later
// Why something about a transfer failed: a cause for programs and a message for people.
#pragma once

#include "base/result.hpp"
#include "worker.pb.h"

#include <cstdint>
#include <string>

namespace haulier::transfer {

struct Failure {
    wire::Cause cause = wire::INTERNAL;
    int32_t code = 0;           ///< HTTP status, errno or CURLcode, as `cause` says; 0 = none
    std::string message;        ///< a lower-case clause without a full stop
    uint32_t retry_after_s = 0; ///< what the server asked for; 0 = nothing
    bool void_offset = false;   ///< the bytes on disk are worthless
    std::string remote;         ///< the target of a redirect that was refused
    bool storage = false;       ///< the disk is full, read-only, failing or not mounted
    bool http1_next = false;    ///< the server mishandles HTTP/2
    bool operator==(const Failure&) const = default;
};

using Status = Result<Done, Failure>;

/// `what` failed with errno `error`. The cause is DISK_FULL for ENOSPC and EDQUOT, and LOCAL_FILE otherwise.
/// `storage` is set if time may cure it.
Failure local_failure(int error, const std::string& what);

} // namespace haulier::transfer
