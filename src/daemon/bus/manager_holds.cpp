// SPDX-License-Identifier: LGPL-2.1-or-later
// The methods of the manager that stop all jobs for a while.
#include "daemon/bus/encoding.hpp"
#include "daemon/bus/exception_boundary.hpp"
#include "daemon/bus/manager_object.hpp"

namespace haulier::bus {

void ManagerObject::Hold(sdbus::Result<>&& result, uint64_t until) {
    guarded_async(std::move(result), context_, [&](auto owed) {
        auto date = Encoding<WallTime>::decode(until);
        if (!date) return owed->refuse(date.error());
        context_.manager.hold(scope_of(context_.filter.caller().uid), *date, answering(owed));
    });
}

void ManagerObject::Release(sdbus::Result<>&& result) {
    guarded_async(std::move(result), context_, [&](auto owed) {
        context_.manager.release(scope_of(context_.filter.caller().uid), answering(owed));
    });
}

/// For administrators.
template <class Owed, class Then>
void ManagerObject::for_all_users(Owed owed, Then then) {
    context_.authority.ask(context_.filter.caller(), [owed, then](AuthorityReply verdict) {
        if (verdict != AuthorityReply::Yes) return owed->refuse(refuse_hold_of_all(verdict));
        then();
    });
}

void ManagerObject::HoldAll(sdbus::Result<>&& result, uint64_t until) {
    guarded_async(std::move(result), context_, [&](auto owed) {
        auto date = Encoding<WallTime>::decode(until);
        if (!date) return owed->refuse(date.error());
        for_all_users(owed, [this, owed, date = *date] { context_.manager.hold({}, date, answering(owed)); });
    });
}

void ManagerObject::ReleaseAll(sdbus::Result<>&& result) {
    guarded_async(std::move(result), context_, [&](auto owed) {
        for_all_users(owed, [this, owed] { context_.manager.release({}, answering(owed)); });
    });
}

std::optional<WallTime> ManagerObject::held_for(uint32_t uid, const job::Holds& holds) const {
    auto scope = scope_of(uid);
    return scope ? job::held_until(holds, *scope) : holds.all;
}

bool ManagerObject::Held() {
    return guarded(
        [&] { return held_for(context_.filter.caller().uid, context_.manager.holds()).has_value(); });
}

uint64_t ManagerObject::HeldUntil() {
    return guarded([&] {
        return encode(held_for(context_.filter.caller().uid, context_.manager.holds()).value_or(WallTime{}));
    });
}

} // namespace haulier::bus
