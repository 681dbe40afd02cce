// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/call_budget.hpp"

#include <iterator>

namespace haulier::notify {

namespace {

/// Calls to suspects never count as slow: they share a fixed number of places.
struct Limits {
    uint32_t at_a_time = 0;
    Usec slow_after{};
    uint32_t maximum = 0;
};

Limits limits_of(CallBudget::Kind kind, const Policy& policy) {
    switch (kind) {
    case CallBudget::Kind::Ordinary: return {policy.calls_in_flight, policy.slow_after, policy.calls_maximum};
    case CallBudget::Kind::Start:
        return {policy.calls_in_flight, policy.start_slow_after, policy.starts_maximum};
    case CallBudget::Kind::Unanswered:
        return {policy.unanswered_calls_maximum, Usec{0}, policy.unanswered_calls_maximum};
    }
    return {};
}

} // namespace

std::optional<BootTime> CallBudget::free_at(uint32_t owner, Kind kind, BootTime now,
                                            const Policy& policy) const {
    auto found = begun_.find({owner, kind});
    if (found == begun_.end()) return now;
    const auto& begun = found->second;
    auto limits = limits_of(kind, policy);
    if (begun.size() >= limits.maximum) return std::nullopt;
    auto oldest = begun.upper_bound(now - limits.slow_after);
    auto counted = static_cast<uint32_t>(std::distance(oldest, begun.end()));
    if (counted < limits.at_a_time) return now;
    return *oldest + limits.slow_after;
}

void CallBudget::release(uint32_t owner, Kind kind, BootTime taken) {
    auto found = begun_.find({owner, kind});
    auto& begun = found->second;
    begun.erase(begun.find(taken));
    if (begun.empty()) begun_.erase(found);
}

} // namespace haulier::notify
