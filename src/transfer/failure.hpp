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
    bool by_proxy = false;      ///< the answer is the proxy's own
    bool is_final = false;      ///< neither time nor another attempt can cure it, whatever the cause
    bool is_transient = false;  ///< time may cure it, although its cause is usually permanent
    bool storage = false;       ///< the disk is full, read-only, failing or not mounted
    bool clock = false;         ///< a wrong clock of this machine explains it
    bool part_gone = false;     ///< the temporary file was removed or replaced while it was written
    bool http1_next = false;    ///< the server mishandles HTTP/2
    bool name_taken = false;    ///< the temporary file's name is that of another user's file
    bool operator==(const Failure&) const = default;
};

using Status = Result<Done, Failure>;

/// `what` failed with errno `error`. The cause is DISK_FULL for ENOSPC and EDQUOT, and LOCAL_FILE otherwise.
/// Sets `storage` or `is_transient` if the failure may pass by itself.
Failure local_failure(int error, const std::string& what);
/// An operation on this path has not returned within its time.
Failure not_responding(const std::string& path);

} // namespace haulier::transfer
