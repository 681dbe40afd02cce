// SPDX-License-Identifier: LGPL-2.1-or-later
// Limits how many calls are in flight: one per destination, and a few per owner, so that a client that does
// not reply delays no other client for long.
#pragma once

#include "base/clock.hpp"
#include "notify/delivery.hpp"
#include "notify/policy.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

namespace haulier::notify {

class CallSlots {
public:
    /// When the call may be made: now, once an older call counts as slow, or (nothing) when one has ended.
    [[nodiscard]] std::optional<BootTime> free_at(uint32_t owner, const Target& target, BootTime now,
                                                  const Policy& policy) const;
    void take(uint32_t owner, const Target& target, BootTime now);
    /// `taken`: when the slot was taken.
    void release(uint32_t owner, const Target& target, BootTime taken);

private:
    using Destination = std::tuple<uint32_t, bool, std::string>;
    static Destination destination_of(uint32_t owner, const Target& target);

    std::map<uint32_t, std::multiset<BootTime>> begun_; ///< by owner: when each call in flight began
    std::set<Destination> called_;                      ///< with a call in flight
};

} // namespace haulier::notify
