// SPDX-License-Identifier: LGPL-2.1-or-later
// The access policy as pure functions: which caller may use whose job. The access filter applies it. The
// errors of refused callers are made here, so that they do not reveal whether a job exists.
#pragma once

#include "daemon/bus/access/sandbox.hpp"
#include "job/types.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace haulier::bus {

struct Caller {
    std::string name; ///< unique name of the connection
    uint32_t uid = UINT32_MAX;
    bool interactive = false;                 ///< the call allows interactive authorization
    std::shared_ptr<const Sandbox> sandbox{}; ///< that of a confined app; null: the caller is not confined

    /// The id of the confined app; empty if the caller is not confined.
    [[nodiscard]] std::string app() const { return sandbox ? sandbox->app : std::string{}; }
};

/// Which jobs a call or a subscription refers to.
struct Whose {
    std::optional<uint32_t> owner; ///< nothing: the jobs of all users
    std::string app{};             ///< only the jobs of this confined app; empty: of all programs

    [[nodiscard]] bool includes(const job::Job& job) const {
        return (!owner || *owner == job.owner) && job::belongs_to(job, app);
    }
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

// Callers in sandboxes. An optional refusal is empty if the call is permitted.

/// Whether callers with this uid are examined on the system bus. The programs of root and of the accounts of
/// the system are not apps.
bool may_be_confined(uint32_t uid);

/// Why the caller may call nothing: its sandbox has no network access, or could not be examined. Otherwise
/// the functions below decide.
std::optional<Refusal> refuse_sandbox(const Sandbox& sandbox);
/// For this member of the root object, or of the objects between it and the objects of jobs.
std::optional<Refusal> refuse_member(const Sandbox& sandbox, std::string_view member);
/// For this member of a job of the caller. `grants` are those of the job; calls that provide a path are
/// refused if the sandbox has others now.
std::optional<Refusal> refuse_job_member(const Sandbox& sandbox, const job::Grants& grants,
                                         std::string_view member);
/// Whether the caller may have this service notified. An app in a sandbox may not learn which services there
/// are.
Status check_service(const Caller& caller, const job::NotifyService& service);
/// For a confined caller and a job that does not exist or is not its own.
Refusal refuse_unknown_object(std::string_view path);

/// Of a caller with too many calls in progress.
Refusal refuse_over_quota();

} // namespace haulier::bus
