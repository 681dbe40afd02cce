// SPDX-License-Identifier: LGPL-2.1-or-later
// Who may do what to whose job: the whole policy, as pure functions. The filter applies it, and what a
// refused caller reads is made here, so that it is the same for every job, also for one that is not there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::bus {

/// Whoever calls us.
struct Caller {
    std::string name; ///< unique name of the connection
    uint32_t uid = UINT32_MAX;
    bool interactive = false; ///< may be asked for a password
};

enum class Access {
    Granted,
    AskAuthority, ///< administrators may
};

/// `owner`: nothing when there is no such job.
Access decide_access(uint32_t caller, std::optional<uint32_t> owner);

/// What the authority says to somebody who is not root.
enum class AuthorityReply {
    Yes,
    No,
    Challenge, ///< yes for a password, but the call does not allow to ask for one, or nobody is there to be
               ///< asked
    Busy,      ///< too many such questions are open
};

/// An error as it goes to the bus.
struct Refusal {
    std::string name;
    std::string message;
};

/// `verdict` is not Yes.
Refusal refuse_job(AuthorityReply verdict, const std::string& id);
Refusal refuse_all_users(AuthorityReply verdict);
/// Of a caller who has too many calls under way.
Refusal refuse_over_quota();

} // namespace haulier::bus
