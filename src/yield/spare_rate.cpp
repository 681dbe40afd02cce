// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/spare_rate.hpp"

#include <algorithm>
#include <utility>

namespace haulier::yield {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Bytes on the wire for each byte of content: headers of Ethernet, IP and TCP of full packets.
constexpr double WireRatio = 1.046;
constexpr Usec Interval = milliseconds{100};
constexpr double ForeignWeight = 0.5;
/// A transfer that begins doubles its rate in each round trip.
constexpr double GrowsBy = 1.3;
constexpr double ExpectedGrowth = 2;
/// In intervals.
constexpr size_t ReportAge = 4;
constexpr Seconds TotalAverage{0.5};
constexpr Usec MostMemory = seconds{60};
constexpr Usec MostStep = seconds{1};
/// Less than this is noise, broadcasts and acknowledgements of other programs' uploads.
constexpr double LeastShare = 0.06;
constexpr double LeastForeign = 25'000;
/// Only this share is used, so that a foreign transfer that could be faster has room to grow.
constexpr double UsedShare = 0.88;
/// If so much of ours is missing in a count that has not moved, the driver counts late.
constexpr uint64_t CountsLate = 256 * 1024;

constexpr double TrialShare = 0.25;
/// If others lose this part of what the trial took, the link was full.
constexpr double TakenFromOthers = 0.3;
constexpr Usec FirstPause = seconds{4};
constexpr Usec LongestPause = seconds{30};
constexpr Seconds ShortestTrial{0.6};
constexpr double RoundTripsOfTrial = 12;
constexpr Seconds NoQueue{0.0015};

} // namespace

SpareRate::SpareRate() : most_(MostMemory, MostStep), pause_(FirstPause) {}

void SpareRate::begin(BootTime now) {
    has_begun_ = false;
    foreign_ = expected_ = 0;
    past_.clear();
    trial_.reset();
    pause_ = FirstPause;
    most_.forget(now);
}

void SpareRate::take(BootTime now, uint64_t interface_bytes, uint64_t own_bytes) {
    if (!has_begun_ || interface_bytes < last_) {
        has_begun_ = true;
        measured_at_ = total_since_ = now;
        next_trial_ = now + pause_;
        own_bytes_ = 0;
        total_bytes_ = 0;
        last_ = interface_bytes;
        return;
    }
    own_bytes_ += own_bytes;
    if (now - measured_at_ < Interval) return;
    auto passed = interface_bytes - std::exchange(last_, interface_bytes);
    if (passed == 0 && own_bytes_ > CountsLate) is_usable_ = false;
    total_bytes_ += static_cast<double>(passed);
    Seconds time = now - measured_at_;
    auto total = static_cast<double>(passed) / time.count();
    auto own = WireRatio * static_cast<double>(std::exchange(own_bytes_, 0)) / time.count();
    auto fresh = std::max(0.0, total - own);
    bool grows = fresh > GrowsBy * foreign_;
    foreign_ += ForeignWeight * (fresh - foreign_);
    expected_ = grows ? std::max(foreign_, ExpectedGrowth * fresh) : foreign_;
    past_.push_back(foreign_);
    if (past_.size() > ReportAge) past_.pop_front();
    measured_at_ = now;
    measure(now);
}

void SpareRate::measure(BootTime now) {
    // At the beginning there is no average yet, and a transfer of others may be filling the link.
    most_.note(foreign_, now);
    Seconds time = now - total_since_;
    if (time < TotalAverage) return;
    most_.note(std::exchange(total_bytes_, 0) / time.count(), now);
    total_since_ = now;
}

/// A report of the other workers is compared with what was measured when they wrote it. A change of their
/// rate would otherwise be taken for foreign traffic.
double SpareRate::foreign_beside(const OtherWorkers& other_workers) const {
    if (other_workers.count == 0 || past_.empty()) return foreign_;
    return std::max(0.0, past_.front() - WireRatio * other_workers.rate);
}

double SpareRate::rate_of(const OtherWorkers& other_workers) const {
    if (other_workers.count == 0 || !is_usable_ || past_.empty()) return other_workers.rate;
    return std::max(0.0, foreign_ - foreign_beside(other_workers)) / WireRatio;
}

bool SpareRate::sees_others(double foreign) const {
    return is_usable_ && foreign > std::max(LeastShare * most_.best().value_or(0), LeastForeign);
}

std::optional<double> SpareRate::limit(BootTime now, std::optional<Seconds> queue, Seconds round_trip,
                                       const OtherWorkers& other_workers) {
    auto theirs = WireRatio * rate_of(other_workers);
    auto foreign = foreign_beside(other_workers);
    if (!sees_others(foreign)) {
        trial_.reset();
        pause_ = FirstPause;
        next_trial_ = now + pause_;
        return std::nullopt;
    }
    try_more(now, foreign, queue && *queue > NoQueue, round_trip);
    auto expected = other_workers.count == 0 ? expected_ : foreign;
    auto spare = UsedShare * most_.best().value_or(0) - expected + (trial_ ? trial_->extra : 0);
    // What the other workers do not use is ours as well.
    auto part = std::max(0.0, spare) / (1.0 + other_workers.count);
    return std::max(part, spare - theirs) / WireRatio;
}

void SpareRate::try_more(BootTime now, double foreign, bool is_queued, Seconds round_trip) {
    if (trial_) {
        bool takes = foreign < trial_->foreign_before - TakenFromOthers * trial_->extra;
        if (takes || is_queued) return end_trial(now, false);
        if (now >= trial_->until) end_trial(now, true);
        return;
    }
    if (is_queued) next_trial_ = std::max(next_trial_, now + FirstPause);
    if (now < next_trial_) return;
    auto time = std::max(ShortestTrial, RoundTripsOfTrial * round_trip);
    trial_ =
        Trial{now + std::chrono::duration_cast<Usec>(time), TrialShare * most_.best().value_or(0), foreign};
}

void SpareRate::end_trial(BootTime now, bool succeeded) {
    trial_.reset();
    next_trial_ = now + (succeeded ? Interval : pause_);
    pause_ = succeeded ? FirstPause : std::min(2 * pause_, LongestPause);
}

} // namespace haulier::yield
