// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/window_law.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace haulier::yield {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Seconds ms(double count) {
    return Seconds{count / 1000};
}

/// The queue of our own that is kept, so that the link is always used. Users do not notice it in a call.
constexpr Seconds Target = ms(15);
constexpr Seconds SmallestTarget = ms(4);
/// While losses show that the buffer is shallower than the target.
constexpr Usec LossMemory = seconds{60};
/// After other traffic was detected, a smaller queue is kept, because that traffic may come back.
constexpr Usec Caution = seconds{8};
constexpr double CautiousTarget = 0.35;
constexpr double JitterInTarget = 2;
/// Smaller variations come from the kernel's clock.
constexpr Seconds UsualJitter = ms(2);
constexpr Seconds MostJitter = ms(15);

constexpr double StartSegments = 10; ///< as TCP begins itself
constexpr double StartGrowth = 1.4;  ///< slower than TCP's 2, so that the queue at the end is small
constexpr double UsedPartInStart = 0.4;
constexpr int ReferenceRounds = 4;
constexpr double StillGrows = 1.15;
constexpr int QueuedRounds = 3;
constexpr double StartQueue = 0.7; ///< of the target, when the start ends

constexpr Usec DrainInterval = seconds{10};
constexpr double DrainRoundTrips = 40;
constexpr double DrainedWindow = 0.7;
constexpr int DrainRounds = 2;
constexpr Seconds NothingToDrain = ms(2);
constexpr Usec DrainAfterOthers = seconds{1};

constexpr Seconds NoticedQueue = ms(3);
constexpr double NoticedPart = 0.3;         ///< of the target
constexpr double NoticedPartCautious = 1.3; ///< of the target, which is small then
constexpr double JitterInNotice = 2.5;
/// Below this part of the best rate, another transfer has the rest.
constexpr double FullShare = 0.85;
constexpr Seconds JitterOfWholeShare = ms(50);
constexpr double MostOfShareByJitter = 0.2;
constexpr int CrowdedRounds = 2;
/// With jitter, packets arrive in bursts, and the rate of a round says less.
constexpr Seconds JitterOfCrowdedRound = ms(0.5);
constexpr int MostCrowdedRounds = 6;
constexpr Usec ShortestHold = milliseconds{200};
constexpr Usec LongestHold = seconds{2};
constexpr Usec ComesBack = seconds{4};

/// When the longer path is probed.
constexpr Usec StarvedLately = seconds{1};
constexpr double StarvedSegments = 4;

constexpr double AfterLoss = 0.7;
constexpr double RoundsBetweenLosses = 2;
constexpr double RoundsBetweenShrinks = 1.5;
constexpr double LeastShrink = 0.5;
constexpr double ShrinkAim = 0.85; ///< of the target

constexpr double UsedPart = 0.6; ///< low, because the smoothed rate follows a growing window late
constexpr double SegmentsOfUse = 2;
constexpr Seconds FreeQueue = ms(1.5);
constexpr double JitterInFree = 1.2;
constexpr double MostGrowth = 1.25;
constexpr double FreeGrowth = 0.2; ///< of the target, in time at the present rate
constexpr double BackToBest = 0.95;
constexpr double SlowGrowth = 0.08;
constexpr double MostSlowRounds = 16; ///< in which a segment is added, as in LEDBAT++

Seconds extra_jitter(const Round& round) {
    return std::clamp(round.jitter - UsualJitter, Seconds{0}, MostJitter);
}

Seconds round_trip_of(const Round& round) {
    return round.base + round.queue;
}

Usec rounds(const Round& round, double count) {
    return std::chrono::duration_cast<Usec>(count * round_trip_of(round));
}

int crowded_rounds_needed(const Round& round) {
    auto more = static_cast<int>(extra_jitter(round) / JitterOfCrowdedRound);
    return std::min(CrowdedRounds + more, MostCrowdedRounds);
}

bool is_window_used(const Round& round, double window) {
    return round.rate * round_trip_of(round).count() > UsedPart * window;
}

} // namespace

void WindowLaw::begin(BootTime now, double segment) {
    *this = WindowLaw{};
    window_ = StartSegments * segment;
    drained_at_ = now;
    rounds_to_reference_ = ReferenceRounds;
}

double WindowLaw::window() const {
    return limit_ ? std::min(window_, *limit_) : window_;
}

/// The window grows back from the limit instead of returning at once.
void WindowLaw::lift_limit() {
    window_ = window();
    limit_.reset();
}

bool WindowLaw::has_met_others(BootTime now, Usec span) const {
    return met_others_at_ && now - *met_others_at_ < span;
}

void WindowLaw::next(const Round& round) {
    has_drained_ = false;
    note_losses(round);
    switch (phase_) {
    case Phase::Start: start(round); break;
    case Phase::Steady: steady(round); break;
    case Phase::Drain: drain(round); break;
    }
    last_queue_ = round.queue;
    window_ = std::max(window_, round.least);
    if (limit_) window_ = std::min(window_, std::max(MostGrowth * *limit_, round.least));
}

// ---- start ----

void WindowLaw::start(const Round& round) {
    bool is_crowded = meets_others(round);
    bool is_full = round.queue > 2 * Target || round.is_lossy || is_crowded || limit_;
    if (is_full || grows_no_more(round)) return leave_start(round);
    // The rate of a round is that of the window before, and smoothed.
    if (is_window_used(round, UsedPartInStart * window_)) window_ *= StartGrowth;
}

bool WindowLaw::grows_no_more(const Round& round) {
    auto noticed = std::max({NoticedQueue, 0.4 * Target, JitterInTarget * extra_jitter(round)});
    queued_rounds_ = round.queue > noticed ? queued_rounds_ + 1 : 0;
    bool is_flat = false;
    if (--rounds_to_reference_ <= 0) {
        is_flat = reference_rate_ > 0 && round.rate < StillGrows * reference_rate_;
        reference_rate_ = round.rate;
        rounds_to_reference_ = ReferenceRounds;
    }
    return is_flat && queued_rounds_ >= QueuedRounds;
}

void WindowLaw::leave_start(const Round& round) {
    phase_ = Phase::Steady;
    auto time = round.base + StartQueue * target(round);
    window_ = std::min(window_, std::max(round.rate * time.count(), StartSegments * round.segment));
}

// ---- drain ----

bool WindowLaw::is_drain_due(const Round& round) const {
    auto interval = std::max(DrainInterval, rounds(round, DrainRoundTrips));
    return round.now - drained_at_ >= interval && round.queue >= NothingToDrain &&
           !has_met_others(round.now, DrainAfterOthers);
}

/// All connections drain together, because one alone would see the queue of the others.
void WindowLaw::begin_drain(const Round& round) {
    phase_ = Phase::Drain;
    window_before_drain_ = window_;
    drain_rounds_ = 0;
    window_ *= DrainedWindow * (round.base / round_trip_of(round));
}

void WindowLaw::drain(const Round& round) {
    if (++drain_rounds_ < DrainRounds) return;
    phase_ = Phase::Steady;
    has_drained_ = true;
    drained_at_ = round.now;
    auto known = round.part * round.best_rate * (round.base + Target / 4).count();
    window_ = std::min(window_before_drain_, std::max(known, window_));
}

// ---- steady ----

void WindowLaw::steady(const Round& round) {
    if (is_drain_due(round)) return begin_drain(round);
    if (probes_path(round)) return;
    if (meets_others(round)) return give_way(round);
    if (reacts_to_loss(round)) {
        window_ *= AfterLoss;
        return;
    }
    if (round.queue > target(round)) {
        if (round.now < shrink_after_) return;
        shrink_after_ = round.now + rounds(round, RoundsBetweenShrinks);
        auto aim = round.base + ShrinkAim * target(round);
        window_ *= std::max(LeastShrink, aim / round_trip_of(round));
        return;
    }
    auto is_free = round.queue < std::max({FreeQueue, target(round) / 4, JitterInFree * extra_jitter(round)});
    free_rounds_ = is_free ? free_rounds_ + 1 : 0;
    // What is less than a turn is used in some rounds only.
    bool is_used = window_ <= SegmentsOfUse * round.segment || is_window_used(round, window_);
    if (round.now >= hold_until_ && is_used) grow(round);
}

bool WindowLaw::meets_others(const Round& round) {
    auto jitter = extra_jitter(round);
    auto part = is_cautious(round.now) ? NoticedPartCautious : NoticedPart;
    auto noticed = std::max({NoticedQueue, part * target(round), JitterInNotice * jitter});
    auto share = FullShare - std::min(jitter / JitterOfWholeShare, MostOfShareByJitter);
    bool is_crowded = round.queue > noticed && round.rate + round.others < share * round.best_rate;
    crowded_rounds_ = is_crowded ? crowded_rounds_ + 1 : 0;
    return crowded_rounds_ >= crowded_rounds_needed(round);
}

/// Traffic that is seen at the interface is not a sign of a longer path. The window returns to the smallest
/// after a probe.
bool WindowLaw::probes_path(const Round& round) {
    bool was_on = probe_window_ > 0;
    bool is_starved =
        !limit_ && has_met_others(round.now, StarvedLately) && window_ <= StarvedSegments * round.segment;
    probe_window_ = probe_.next(round, is_starved).value_or(0);
    if (probe_.has_found_longer_path()) {
        met_others_at_.reset();
        hold_until_ = round.now;
    }
    if (probe_window_ == 0 && !was_on) return false;
    if (!probe_.has_found_longer_path()) met_others_at_ = round.now;
    window_ = std::max(probe_window_, round.least);
    return true;
}

void WindowLaw::give_way(const Round& round) {
    bool is_new = crowded_rounds_ == crowded_rounds_needed(round) || hold_ == Usec{};
    if (is_new)
        hold_ = has_met_others(round.now, ComesBack) ? std::min(2 * hold_, LongestHold) : ShortestHold;
    met_others_at_ = round.now;
    hold_until_ = round.now + hold_;
    free_rounds_ = 0;
    window_ /= 2;
}

void WindowLaw::grow(const Round& round) {
    auto goal = target(round).count();
    if (free_rounds_ >= 2) {
        auto by_time = window_ + FreeGrowth * goal * round.rate;
        auto by_best = round.part * BackToBest * round.best_rate * round.base.count();
        auto wanted = std::min(MostGrowth * window_, std::max(by_time, by_best));
        window_ = std::max(wanted, window_ + round.part * round.segment);
        return;
    }
    auto slow_rounds = std::min(MostSlowRounds, std::ceil(2 * goal / round.base.count()));
    auto by_time = SlowGrowth * goal * round.rate * (1 - round.queue.count() / goal);
    window_ += std::max(round.part * round.segment / slow_rounds, by_time);
}

// ---- losses and the target ----

void WindowLaw::note_losses(const Round& round) {
    if (!round.is_lossy) return;
    bool is_old = !lost_at_ || round.now - *lost_at_ > LossMemory;
    auto seen = std::max(round.queue, last_queue_);
    queue_before_loss_ = is_old ? seen : std::max(queue_before_loss_, seen);
    lost_at_ = round.now;
}

bool WindowLaw::reacts_to_loss(const Round& round) {
    if (!round.is_lossy || round.now < loss_counts_after_) return false;
    loss_counts_after_ = round.now + rounds(round, RoundsBetweenLosses);
    return true;
}

bool WindowLaw::is_cautious(BootTime now) const {
    return has_met_others(now, Caution);
}

Seconds WindowLaw::target(const Round& round) const {
    auto goal = Target;
    if (lost_at_ && round.now - *lost_at_ < LossMemory)
        goal = std::clamp(queue_before_loss_ / 2, SmallestTarget, Target);
    if (is_cautious(round.now)) goal = std::max(SmallestTarget, CautiousTarget * goal);
    return goal + JitterInTarget * extra_jitter(round);
}

} // namespace haulier::yield
