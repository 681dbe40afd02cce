// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/authority.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/core.h>
#include <systemd/sd-bus.h>
#include <utility>

namespace haulier::bus {

namespace {

constexpr const char* Polkit = "org.freedesktop.PolicyKit1";
constexpr const char* PolkitPath = "/org/freedesktop/PolicyKit1/Authority";
constexpr const char* PolkitInterface = "org.freedesktop.PolicyKit1.Authority";
constexpr const char* Action = "org.haulier.manage-all-jobs";
constexpr uint32_t AllowInteraction = 1;

/// A user needs time to enter a password. Without interaction polkit must reply before the caller's own call
/// times out, usually after 25 s.
constexpr Usec InteractiveTimeout = std::chrono::minutes{2};
constexpr Usec Timeout = std::chrono::seconds{20};

/// A bus allows one connection 128 pending replies, and one user must not take them all.
constexpr size_t MaxRequests = 96;
constexpr size_t MaxRequestsOfUser = 16;

std::string cancellation_id(uint64_t number) {
    return fmt::format("haulier-{}", number);
}

} // namespace

bool Authority::is_over_quota(uint32_t uid) const {
    auto own = std::count_if(requests_.begin(), requests_.end(),
                             [&](const Request& request) { return request.caller.uid == uid; });
    return requests_.size() >= MaxRequests || static_cast<size_t>(own) >= MaxRequestsOfUser;
}

void Authority::ask(const Caller& caller, ReplyHandler on_reply) {
    if (knows(caller)) return on_reply(AuthorityReply::Yes);
    if (caller.sandbox)
        return on_reply(AuthorityReply::No); // its user may be an administrator, the app is not
    if (is_over_quota(caller.uid)) return on_reply(AuthorityReply::Busy);
    auto position = requests_.insert(requests_.end(), {++last_number_, caller, std::move(on_reply), {}});
    position->call = AsyncCall{bus_, make_call(*position), caller.interactive ? InteractiveTimeout : Timeout,
                               [this, position](sd_bus_message* reply) { finish(position, reply); }};
    if (!position->call) finish(position, nullptr);
}

/// Without details: polkit passes them to the caller's agent, and the caller must not learn whose job it is,
/// or whether it exists.
Message Authority::make_call(const Request& request) const {
    auto call = new_call(bus_, Polkit, PolkitPath, PolkitInterface, "CheckAuthorization");
    int r = sd_bus_message_append(call.get(), "(sa{sv})sa{ss}us", "system-bus-name", 1, "name", "s",
                                  request.caller.name.c_str(), Action, 0,
                                  request.caller.interactive ? AllowInteraction : 0,
                                  cancellation_id(request.number).c_str());
    return r >= 0 ? call : Message{};
}

/// Closes the password dialog, if one is open.
void Authority::cancel(const Request& request) {
    sd_bus_call_method_async(bus_, nullptr, Polkit, PolkitPath, PolkitInterface, "CancelCheckAuthorization",
                             nullptr, nullptr, "s", cancellation_id(request.number).c_str());
}

void Authority::finish(RequestIterator position, sd_bus_message* reply) {
    auto request = std::move(*position);
    requests_.erase(position);
    request.on_reply(reply ? read(request, reply) : AuthorityReply::No);
}

AuthorityReply Authority::read(const Request& request, sd_bus_message* reply) {
    if (const auto* error = sd_bus_message_get_error(reply)) {
        log_failure(error->name, error->message ? error->message : "");
        if (sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY)) cancel(request);
        return AuthorityReply::No;
    }
    int authorized = 0;
    int challenge = 0;
    if (sd_bus_message_enter_container(reply, 'r', "bba{ss}") <= 0 ||
        sd_bus_message_read(reply, "bb", &authorized, &challenge) <= 0)
        return AuthorityReply::No;
    if (authorized) return AuthorityReply::Yes;
    return challenge ? AuthorityReply::Challenge : AuthorityReply::No;
}

/// Once per error, because any caller can cause it again.
void Authority::log_failure(const std::string& error, const std::string& message) {
    if (!logged_errors_.insert(error).second) return;
    if (is_absence(error) || error == "org.freedesktop.systemd1.NoSuchUnit")
        log::warning("there is no polkit, so only root may manage the jobs of other users; the package "
                     "polkitd brings it");
    else
        log::warning(fmt::format("polkit does not say who is an administrator: {} ({})", message, error));
}

void Authority::left(const std::string& name) {
    for (auto it = requests_.begin(); it != requests_.end();) {
        if (it->caller.name != name) {
            ++it;
            continue;
        }
        cancel(*it);
        it = requests_.erase(it);
    }
}

} // namespace haulier::bus
