// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/access.hpp"

#include "daemon/bus/names/error_names.hpp"

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

Refusal refuse_over_quota() {
    return {"org.freedesktop.DBus.Error.LimitsExceeded",
            "too many calls wait for an answer already; wait for theirs first"};
}

} // namespace haulier::bus
