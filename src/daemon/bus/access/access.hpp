// SPDX-License-Identifier: LGPL-2.1-or-later
// The access policy as pure functions: which caller may use whose job. The access filter applies it. The
// errors of refused callers are made here, so that they do not reveal whether a job exists.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::bus {

struct Caller {
    std::string name; ///< unique name of the connection
    uint32_t uid = UINT32_MAX;
    bool interactive = false; ///< the call allows interactive authorization
};

enum class Access {
    Granted,
    AskAuthority, ///< granted to administrators only
};

/// `owner`: nothing if there is no such job.
Access decide_access(uint32_t caller, std::optional<uint32_t> owner);

/// Whether a caller other than root is an administrator.
enum class AuthorityReply {
    Yes,
    No,
    Challenge, ///< with a password, but the call does not allow interactive authorization, or no agent is
               ///< running
    Busy,      ///< too many such requests are open
};

/// An error as it goes to the bus.
struct Refusal {
    std::string name;
    std::string message;
};

/// `reply` is not Yes.
Refusal refuse_job(AuthorityReply reply, const std::string& id);
Refusal refuse_all_users(AuthorityReply reply);
Refusal refuse_hold_of_all(AuthorityReply reply);
/// Of a caller with too many calls in progress.
Refusal refuse_over_quota();

} // namespace haulier::bus
