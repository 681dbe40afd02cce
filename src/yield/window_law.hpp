// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides how many bytes the background connections of an interface may have in flight together, once in each
// round trip, from the queue and from the achieved rate. It keeps a small queue of our own. If there is a
// queue although our rate is below what the link can carry, the queue is that of other traffic, which has
// precedence.
#pragma once

#include "yield/path_probe.hpp"
#include "yield/samples.hpp"

#include <cstdint>

namespace haulier::yield {

/// What was measured in one round trip.
struct Round {
    BootTime now;
    Seconds base{};       ///< a round trip without a queue
    Seconds queue{};      ///< what the queue adds now
    Seconds jitter{};     ///< mean difference between successive round trips
    double rate = 0;      ///< bytes per second, of all connections
    double best_rate = 0; ///< the highest recent rate, including that of the other workers
    double others = 0;    ///< rate of the other workers, which share the link
    double part = 1;      ///< our part of what all of them may take
    bool is_lossy = false;
    double segment = 0; ///< bytes of a full packet
    double least = 0;   ///< the smallest window
};

class WindowLaw {
public:
    /// Reports that connections begin to transfer bytes.
    void begin(BootTime now, double segment);
    void next(const Round& round);
    /// Other traffic leaves no more than this.
    void limit(double window) { limit_ = window; }
    void lift_limit();
    /// The present window in bytes.
    [[nodiscard]] double window() const;
    /// Whether the queue has just been drained, so that the measured round trip is the base.
    [[nodiscard]] bool has_drained() const { return has_drained_; }
    /// Whether it has just turned out that the path is longer, so that earlier round trips do not count.
    [[nodiscard]] bool has_found_longer_path() const { return probe_.has_found_longer_path(); }
    /// Whether other traffic was detected less than `span` ago.
    [[nodiscard]] bool has_met_others(BootTime now, Usec span) const;

private:
    enum class Phase { Start, Steady, Drain };
    void start(const Round& round);
    void leave_start(const Round& round);
    [[nodiscard]] bool grows_no_more(const Round& round);
    void steady(const Round& round);
    void begin_drain(const Round& round);
    void drain(const Round& round);
    void give_way(const Round& round);
    [[nodiscard]] bool probes_path(const Round& round);
    void grow(const Round& round);
    void note_losses(const Round& round);
    void keep_within(double least);
    [[nodiscard]] bool is_drain_due(const Round& round) const;
    [[nodiscard]] bool meets_others(const Round& round);
    [[nodiscard]] bool reacts_to_loss(const Round& round);
    [[nodiscard]] bool is_cautious(BootTime now) const;
    [[nodiscard]] Seconds target(const Round& round) const;

    Phase phase_ = Phase::Start;
    double window_ = 0;
    std::optional<double> limit_;

    // Start:
    double reference_rate_ = 0; ///< rate some rounds ago
    int rounds_to_reference_ = 0;
    int queued_rounds_ = 0;

    // Drain:
    double window_before_drain_ = 0;
    int drain_rounds_ = 0;
    BootTime drained_at_;
    bool has_drained_ = false;

    // Others:
    int crowded_rounds_ = 0;
    std::optional<BootTime> met_others_at_;
    BootTime hold_until_;
    Usec hold_{};
    PathProbe probe_;
    double probe_window_ = 0;

    // Queue and losses:
    int free_rounds_ = 0; ///< successive rounds without a significant queue
    BootTime shrink_after_;
    BootTime loss_counts_after_;
    std::optional<BootTime> lost_at_;
    Seconds queue_before_loss_{}; ///< the largest that was seen just before a loss
    Seconds last_queue_{};
};

} // namespace haulier::yield
