// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/recipients.hpp"

namespace haulier::notify {

Recipient recipient_of(uint32_t owner, const Target& target) {
    bool in_session = target.kind == Target::Kind::SessionService;
    return {target.kind, in_session ? owner : 0, target.destination};
}

Recipient lane_of(uint32_t owner, const Target& target) {
    bool is_object = target.kind == Target::Kind::Object;
    return {target.kind, is_object ? 0 : owner, target.destination};
}

Recipient connection(const std::string& unique_name) {
    return {Target::Kind::Object, 0, unique_name};
}

const Recipients::Account* Recipients::find(const Recipient& recipient) const {
    auto found = accounts_.find(recipient);
    return found == accounts_.end() ? nullptr : &found->second;
}

void Recipients::drop_if_clear(std::map<Recipient, Account>::iterator position) {
    if (position->second.in_flight == 0 && !position->second.silence.has_failed()) accounts_.erase(position);
}

void Recipients::ended(const Recipient& recipient) {
    auto found = accounts_.find(recipient);
    if (found == accounts_.end()) return;
    if (found->second.in_flight > 0) --found->second.in_flight;
    drop_if_clear(found);
}

bool Recipients::is_busy(const Recipient& recipient) const {
    const auto* account = find(recipient);
    return account && account->in_flight > 0;
}

void Recipients::heard_from(const Recipient& recipient) {
    auto found = accounts_.find(recipient);
    if (found == accounts_.end()) return;
    found->second.silence = {};
    drop_if_clear(found);
}

void Recipients::did_not_reply(const Recipient& recipient, BootTime now, const Policy& policy) {
    auto found = accounts_.find(recipient);
    if (found != accounts_.end()) found->second.silence.extend(now, policy);
}

uint32_t Recipients::unanswered(const Recipient& recipient) const {
    const auto* account = find(recipient);
    return account ? account->silence.failures() : 0;
}

BootTime Recipients::not_before(const Recipient& recipient) const {
    const auto* account = find(recipient);
    return account ? account->silence.not_before() : BootTime{};
}

} // namespace haulier::notify
