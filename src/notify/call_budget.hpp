// SPDX-License-Identifier: LGPL-2.1-or-later
// How many calls of each owner may be in flight. Ordinary calls, calls that start a program and calls to
// recipients that did not reply the last time have budgets of their own, so that none of them waits for
// another.
#pragma once

#include "base/clock.hpp"
#include "notify/policy.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace haulier::notify {

class CallBudget {
public:
    enum class Kind {
        Ordinary,
        Start,      ///< a program may have to be started
        Unanswered, ///< the recipient did not reply to its last call
    };
    /// When a call may be made: now, or when an older call will count as slow; nothing: only when a call has
    /// ended.
    [[nodiscard]] std::optional<BootTime> free_at(uint32_t owner, Kind kind, BootTime now,
                                                  const Policy& policy) const;
    void take(uint32_t owner, Kind kind, BootTime now) { begun_[{owner, kind}].insert(now); }
    /// `taken`: when the call began.
    void release(uint32_t owner, Kind kind, BootTime taken);

private:
    std::map<std::pair<uint32_t, Kind>, std::multiset<BootTime>> begun_; ///< when each call in flight began
};

} // namespace haulier::notify
