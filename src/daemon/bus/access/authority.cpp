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

/// Somebody may have to find a password. Without interaction the answer must come before the caller's own
/// patience, usually 25 s, is over.
constexpr Usec PatienceWithPeople = std::chrono::minutes{2};
constexpr Usec Patience = std::chrono::seconds{20};

/// A bus lets one connection wait for 128 answers; a user cannot take them all.
constexpr size_t MostQuestions = 96;
constexpr size_t MostQuestionsOfAUser = 16;

std::string cancellation_id(uint64_t number) {
    return fmt::format("haulier-{}", number);
}

} // namespace

bool Authority::is_over_quota(uint32_t uid) const {
    auto own =
        std::count_if(asked_.begin(), asked_.end(), [&](const Asked& a) { return a.caller.uid == uid; });
    return asked_.size() >= MostQuestions || static_cast<size_t>(own) >= MostQuestionsOfAUser;
}

void Authority::ask(const Caller& caller, Answer answer) {
    if (knows(caller)) return answer(AuthorityReply::Yes);
    if (is_over_quota(caller.uid)) return answer(AuthorityReply::Busy);
    auto place = asked_.insert(asked_.end(), {++last_number_, caller, std::move(answer), {}});
    place->question = AsyncCall{bus_, make_call(*place), caller.interactive ? PatienceWithPeople : Patience,
                                [this, place](sd_bus_message* reply) { settle(place, reply); }};
    if (!place->question) settle(place, nullptr);
}

/// No details: what polkit is told it passes on to the agent of the caller, who must not learn whose job it
/// is, or whether there is one.
Message Authority::make_call(const Asked& asked) const {
    auto call = new_call(bus_, Polkit, PolkitPath, PolkitInterface, "CheckAuthorization");
    int r = sd_bus_message_append(
        call.get(), "(sa{sv})sa{ss}us", "system-bus-name", 1, "name", "s", asked.caller.name.c_str(), Action,
        0, asked.caller.interactive ? AllowInteraction : 0, cancellation_id(asked.number).c_str());
    return r >= 0 ? call : Message{};
}

/// Takes away the window in which somebody is asked for a password.
void Authority::cancel(const Asked& asked) {
    sd_bus_call_method_async(bus_, nullptr, Polkit, PolkitPath, PolkitInterface, "CancelCheckAuthorization",
                             nullptr, nullptr, "s", cancellation_id(asked.number).c_str());
}

void Authority::settle(Place place, sd_bus_message* reply) {
    auto asked = std::move(*place);
    asked_.erase(place);
    asked.answer(reply ? read(asked, reply) : AuthorityReply::No);
}

AuthorityReply Authority::read(const Asked& asked, sd_bus_message* reply) {
    if (const auto* error = sd_bus_message_get_error(reply)) {
        complain(error->name, error->message ? error->message : "");
        if (sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY)) cancel(asked);
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

/// Anybody can make us ask again; once is enough to be told what is wrong.
void Authority::complain(const std::string& error, const std::string& message) {
    if (!complaints_.insert(error).second) return;
    if (is_absence(error) || error == "org.freedesktop.systemd1.NoSuchUnit")
        log::warning("there is no polkit, so only root may manage the jobs of other users; the package "
                     "polkitd brings it");
    else
        log::warning(fmt::format("polkit does not say who is an administrator: {} ({})", message, error));
}

void Authority::left(const std::string& name) {
    for (auto it = asked_.begin(); it != asked_.end();) {
        if (it->caller.name != name) {
            ++it;
            continue;
        }
        cancel(*it);
        it = asked_.erase(it);
    }
}

} // namespace haulier::bus
