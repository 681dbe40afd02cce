// SPDX-License-Identifier: LGPL-2.1-or-later
// How many bytes the background connections of an interface may have under way together. It is decided once
// in each round trip, from the queue on the way and from the rate that is reached: a small queue of our own
// is kept; a queue beside a rate that is below what the link can carry is that of others, who come first.
#pragma once

#include "yield/samples.hpp"

#include <cstdint>

namespace haulier::yield {

/// What was measured in one round trip.
struct Round {
    BootTime now;
    Seconds base{};       ///< a round trip without a queue
    Seconds queue{};      ///< what the queue adds now
    Seconds jitter{};     ///< by which round trips differ from one to the next
    double rate = 0;      ///< bytes a second, of all connections
    double best_rate = 0; ///< the greatest of late
    bool is_lossy = false;
    double segment = 0; ///< bytes of a full packet
    double least = 0;   ///< the smallest window
};

class WindowLaw {
public:
    /// Connections begin to move bytes.
    void begin(BootTime now, double segment);
    void next(const Round& round);
    /// Others need so much that no more than this is left.
    void limit(double window) { limit_ = window; }
    void lift_limit();
    /// In bytes.
    [[nodiscard]] double window() const;
    /// The queue was drained just now, so that the base is what is measured.
    [[nodiscard]] bool has_drained() const { return has_drained_; }
    /// A transfer of others was met, less than `span` ago.
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
    double reference_rate_ = 0; ///< some rounds ago
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

    // Queue and losses:
    int free_rounds_ = 0; ///< in a row, without a queue to speak of
    BootTime shrink_after_;
    BootTime loss_counts_after_;
    std::optional<BootTime> lost_at_;
    Seconds queue_before_loss_{}; ///< the greatest that was seen just before a loss
    Seconds last_queue_{};
};

} // namespace haulier::yield
