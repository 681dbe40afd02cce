// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds out whether the path has become longer. On a longer path, every round trip looks as if there were the
// queue of other traffic, and the background would keep its smallest window. So if the window has been that
// small for long, it is enlarged for a moment: if the rate follows and the queue does not grow, the link has
// room.
#pragma once

#include "yield/samples.hpp"

#include <optional>

namespace haulier::yield {

struct Round;

class PathProbe {
public:
    /// Is called in each round. `is_starved` is true if the window has been small because of a queue. Returns
    /// the window while a probe is under way.
    std::optional<double> next(const Round& round, bool is_starved);
    /// Whether the last round ended a series of probes, all of which found room.
    [[nodiscard]] bool has_found_longer_path() const { return has_found_; }

private:
    void begin(const Round& round);
    void end(const Round& round);
    [[nodiscard]] bool is_full(const Round& round) const;

    std::optional<BootTime> next_at_; ///< nothing = not starved
    Usec pause_{};
    int passed_ = 0; ///< probes in a row that found room
    bool has_found_ = false;

    // While a probe is under way:
    double window_ = 0;
    int rounds_ = 0;
    BootTime began_;
    Seconds queue_before_{};
    bool is_lossy_ = false;
};

} // namespace haulier::yield
