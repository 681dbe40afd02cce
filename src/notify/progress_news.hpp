// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes of one job that only a callback object which is there now is told: FileRangesTransferred and
// JobModification. Each is sent at most once per interval and never repeated; what happens meanwhile is
// gathered into one call.
#pragma once

#include "base/clock.hpp"
#include "notify/delivery.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace haulier::notify {

class ProgressNews {
public:
    /// A property of the job has changed.
    void modified(BootTime now, Usec interval);
    /// Ranges of a file in on-demand mode have arrived.
    void ranges_filled(uint32_t file, const std::vector<job::Range>& ranges, BootTime now, Usec interval);
    /// Forgets what has not been sent.
    void clear();

    /// When the next call is due; nothing if there is nothing to tell.
    [[nodiscard]] std::optional<BootTime> due() const;
    /// The content of that call, which counts as sent. There must be one.
    Content take(BootTime now);

private:
    using Files = std::map<uint32_t, std::vector<job::Range>>;

    [[nodiscard]] bool ranges_come_first() const;
    /// Files take turns, so that one that is always being filled does not keep the others waiting.
    Files::iterator next_file();

    std::optional<BootTime> modification_due_;
    BootTime modification_sent_;
    Files files_;
    uint32_t last_file_ = 0;
    BootTime ranges_due_;
    BootTime ranges_sent_;
    Usec ranges_interval_{};
};

} // namespace haulier::notify
