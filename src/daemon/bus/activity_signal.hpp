// SPDX-License-Identifier: LGPL-2.1-or-later
// Announces Manager.Activity of each user at most twice a second, and only if it has changed.
#pragma once

#include "base/event.hpp"
#include "daemon/manager/job_table.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>

namespace haulier::bus {

class ActivitySignal {
public:
    using Read = std::function<daemon::Activity(uint32_t owner)>;
    using Send = std::function<void(uint32_t owner, const daemon::Activity&)>;

    ActivitySignal(Loop& loop, Read read, Send send)
        : loop_(loop), read_(std::move(read)), send_(std::move(send)) {}

    /// Something about the jobs of `owner` has changed.
    void note(uint32_t owner);

private:
    static constexpr Usec Interval{500'000};

    void tell();

    Loop& loop_;
    Read read_;
    Send send_;
    std::set<uint32_t> changed_;
    std::map<uint32_t, daemon::Activity> told_; ///< none is without activity
    Source pause_;
};

} // namespace haulier::bus
