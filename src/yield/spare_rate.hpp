// SPDX-License-Identifier: LGPL-2.1-or-later
// What other programs of this machine leave of the link, by the counters of the network interface. This also
// sees transfers whose packets wait in a queue of their own, as with fair queueing, where delay tells
// nothing.
#pragma once

#include "yield/recent.hpp"
#include "yield/samples.hpp"

#include <optional>

namespace haulier::yield {

class SpareRate {
public:
    SpareRate();
    void begin(BootTime now);
    /// What the interface has moved in all, and what the background connections have moved since the last
    /// call.
    void take(BootTime now, uint64_t interface_bytes, uint64_t own_bytes);
    /// Bytes a second that the background may use; nothing = there is no other traffic to speak of.
    /// `queue`: that stands on the way; nothing if that is not known.
    [[nodiscard]] std::optional<double> limit(BootTime now, std::optional<Seconds> queue, Seconds round_trip);

private:
    void measure(BootTime now);
    [[nodiscard]] bool sees_others() const;
    void try_more(BootTime now, bool is_queued, Seconds round_trip);
    void end_trial(BootTime now, bool succeeded);

    bool has_begun_ = false;
    bool is_usable_ = true;
    uint64_t last_ = 0;
    uint64_t own_bytes_ = 0; ///< since measured_at_
    BootTime measured_at_;
    double total_bytes_ = 0; ///< in the present average
    BootTime total_since_;
    double foreign_ = 0; ///< bytes a second, smoothed
    RecentMaximum<double> most_;

    // The link may carry more than was ever seen on it, so now and then more is tried.
    struct Trial {
        BootTime until;
        double extra = 0;
        double foreign_before = 0;
    };
    std::optional<Trial> trial_;
    BootTime next_trial_;
    Usec pause_;
};

} // namespace haulier::yield
