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
    foreign_ = 0;
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
    foreign_ += ForeignWeight * (std::max(0.0, total - own) - foreign_);
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

bool SpareRate::sees_others() const {
    return is_usable_ && foreign_ > std::max(LeastShare * most_.best().value_or(0), LeastForeign);
}

std::optional<double> SpareRate::limit(BootTime now, std::optional<Seconds> queue, Seconds round_trip) {
    if (!sees_others()) {
        trial_.reset();
        pause_ = FirstPause;
        next_trial_ = now + pause_;
        return std::nullopt;
    }
    try_more(now, queue && *queue > NoQueue, round_trip);
    auto spare = UsedShare * most_.best().value_or(0) - foreign_ + (trial_ ? trial_->extra : 0);
    return std::max(0.0, spare) / WireRatio;
}

void SpareRate::try_more(BootTime now, bool is_queued, Seconds round_trip) {
    if (trial_) {
        bool takes = foreign_ < trial_->foreign_before - TakenFromOthers * trial_->extra;
        if (takes || is_queued) return end_trial(now, false);
        if (now >= trial_->until) end_trial(now, true);
        return;
    }
    if (is_queued) next_trial_ = std::max(next_trial_, now + FirstPause);
    if (now < next_trial_) return;
    auto time = std::max(ShortestTrial, RoundTripsOfTrial * round_trip);
    trial_ =
        Trial{now + std::chrono::duration_cast<Usec>(time), TrialShare * most_.best().value_or(0), foreign_};
}

void SpareRate::end_trial(BootTime now, bool succeeded) {
    trial_.reset();
    next_trial_ = now + (succeeded ? Interval : pause_);
    pause_ = succeeded ? FirstPause : std::min(2 * pause_, LongestPause);
}

} // namespace haulier::yield
