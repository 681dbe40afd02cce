// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/call_slots.hpp"

#include <iterator>

namespace haulier::notify {

CallSlots::Destination CallSlots::destination_of(uint32_t owner, const Target& target) {
    return {owner, target.kind == Target::Kind::SessionService, target.destination};
}

std::optional<BootTime> CallSlots::free_at(uint32_t owner, const Target& target, BootTime now,
                                           const Policy& policy) const {
    if (called_.contains(destination_of(owner, target))) return std::nullopt;
    auto found = begun_.find(owner);
    if (found == begun_.end()) return now;
    const auto& begun = found->second;
    if (begun.size() >= policy.calls_maximum) return std::nullopt;
    auto oldest = begun.upper_bound(now - policy.slow_after);
    auto counted = static_cast<uint32_t>(std::distance(oldest, begun.end()));
    if (counted < policy.calls_in_flight) return now;
    return *oldest + policy.slow_after;
}

void CallSlots::take(uint32_t owner, const Target& target, BootTime now) {
    begun_[owner].insert(now);
    called_.insert(destination_of(owner, target));
}

void CallSlots::release(uint32_t owner, const Target& target, BootTime taken) {
    auto& begun = begun_[owner];
    begun.erase(begun.find(taken));
    if (begun.empty()) begun_.erase(owner);
    called_.erase(destination_of(owner, target));
}

} // namespace haulier::notify
