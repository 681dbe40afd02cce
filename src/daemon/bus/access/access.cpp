// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/access.hpp"

#include "daemon/bus/names/error_names.hpp"
#include "job/conditions.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <string_view>

namespace haulier::bus {

namespace {

Refusal refusal_for(AuthorityReply reply, std::string_view what) {
    switch (reply) {
    case AuthorityReply::Challenge:
        return {"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
                fmt::format("{}; a password may help, if the call allows interactive authorization and an "
                            "authentication agent is running",
                            what)};
    case AuthorityReply::Busy: return refuse_over_quota();
    case AuthorityReply::Yes:
    case AuthorityReply::No: break;
    }
    return {bus_name(Errc::AccessDenied), std::string{what}};
}

} // namespace

Access decide_access(uint32_t caller, std::optional<uint32_t> owner) {
    return caller == 0 || caller == owner ? Access::Granted : Access::AskAuthority;
}

Refusal refuse_job(AuthorityReply reply, const std::string& id) {
    return refusal_for(
        reply,
        fmt::format("you have no job {}; those of others are for their owners and administrators alone", id));
}

Refusal refuse_all_users(AuthorityReply reply) {
    return refusal_for(reply, "only administrators may list the jobs of all users");
}

Refusal refuse_hold_of_all(AuthorityReply reply) {
    return refusal_for(reply, "only administrators may hold the jobs of all users");
}

namespace {

Refusal denied(std::string message) {
    return {bus_name(Errc::AccessDenied), std::move(message)};
}

/// The methods that confined apps may call. All others are refused, including those that are added later.
constexpr std::array<std::string_view, 15> ForSandboxes{
    "CreateJob",     "GetJob",      "ListJobs",          "ListEndedJobs", "DescribeError", "Subscribe",
    "SubscribeWith", "Unsubscribe", "GetManagedObjects", "RequestPermit", "Get",           "GetAll",
    "Introspect",    "Ping",        "GetMachineId"};

/// These methods can add a path to a job.
constexpr std::array<std::string_view, 4> BringPaths{"AddFile", "AddFiles", "Set", "SetNotifyService"};

template <size_t N>
bool is_one_of(std::string_view member, const std::array<std::string_view, N>& all) {
    return std::find(all.begin(), all.end(), member) != all.end();
}

} // namespace

bool may_be_confined(uint32_t uid) {
    return job::can_log_in(uid);
}

std::optional<Refusal> refuse_sandbox(const Sandbox& sandbox) {
    switch (sandbox.kind) {
    case Sandbox::Kind::None: return std::nullopt;
    case Sandbox::Kind::Unknown:
        if (!sandbox.obstacle.empty())
            return denied(
                fmt::format("haulierd could not see whether the caller is in a sandbox: {}; try again "
                            "when this is over",
                            sandbox.obstacle));
        return denied(
            "haulierd could not see whether the caller is in a sandbox; wait for the reply before you leave "
            "the bus, or connect again");
    case Sandbox::Kind::Snap:
        return denied(fmt::format("the snap '{}' is confined, and haulierd cannot see what it has access to",
                                  sandbox.app));
    case Sandbox::Kind::Flatpak: break;
    }
    if (sandbox.network) return std::nullopt;
    return denied(fmt::format("the sandbox of '{}' has no access to the network", sandbox.app));
}

std::optional<Refusal> refuse_member(const Sandbox& sandbox, std::string_view member) {
    if (is_one_of(member, ForSandboxes)) return std::nullopt;
    return denied(
        fmt::format("'{}' is not for apps in sandboxes such as '{}', because it concerns the jobs of other "
                    "programs as well",
                    member, sandbox.app));
}

std::optional<Refusal> refuse_job_member(const Sandbox& sandbox, const job::Grants& grants,
                                         std::string_view member) {
    if (member == "TakeOwnership") return refuse_member(sandbox, member);
    if (grants == sandbox.grants || !is_one_of(member, BringPaths)) return std::nullopt;
    return denied(
        fmt::format("the sandbox of '{}' has access to other directories than when the job was created; "
                    "create another job",
                    sandbox.app));
}

Status check_service(const Caller& caller, const job::NotifyService& service) {
    return caller.sandbox ? job::check_service_of_app(service, caller.app()) : Status{Done{}};
}

Refusal refuse_unknown_object(std::string_view path) {
    return {"org.freedesktop.DBus.Error.UnknownObject", fmt::format("there is no object '{}'", path)};
}

Refusal refuse_over_quota() {
    return {"org.freedesktop.DBus.Error.LimitsExceeded",
            "too many calls wait for an answer already; wait for theirs first"};
}

} // namespace haulier::bus
