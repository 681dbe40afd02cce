// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/connection_meter.hpp"

#include <algorithm>
#include <utility>

namespace haulier::yield {

namespace {

using std::chrono::milliseconds;

/// The present round trip is the shortest within this time, because single measurements include delayed
/// acknowledgements.
constexpr Usec RoundTripSpan = milliseconds{80};
constexpr Usec RoundTripStep = milliseconds{10};
constexpr double JitterWeight = 1.0 / 24;
/// The kernel measures only with full packets; the packets of the smallest window are not full.
constexpr double FullPart = 0.8;
/// Within a shorter time, packets of a round trip that arrive together look like a fast link.
constexpr Usec RateSpan = milliseconds{100};
/// Bytes that arrive now belong to a window that was set up to this time ago.
constexpr Usec WindowSpan = milliseconds{300};

} // namespace

ConnectionMeter::ConnectionMeter(const Sample& first)
    : bytes_(first.bytes), losses_seen_(first.losses), recent_(RoundTripSpan, RoundTripStep),
      windows_(WindowSpan, RoundTripStep) {}

void ConnectionMeter::take(const Sample& sample, double window, BootTime now) {
    moved_ = sample.bytes - std::min(sample.bytes, std::exchange(bytes_, sample.bytes));
    losses_ = sample.losses - std::min(sample.losses, std::exchange(losses_seen_, sample.losses));
    if (window > 0) windows_.note(window, now);
    measure_rate(now);
    recent_.forget(now);
    auto round_trip = measured(sample);
    bool is_closed = window > 0 && window < sample.segment;
    unmeasured_ = is_closed ? 0 : unmeasured_ + static_cast<double>(moved_);
    is_fresh_ = moved_ > 0 && unmeasured_ >= FullPart * sample.segment && round_trip.count() > 0;
    if (!is_fresh_) return;
    unmeasured_ = 0;
    recent_.note(round_trip, now);
    auto change = Seconds{std::abs((round_trip - last_.value_or(round_trip)).count())};
    jitter_ += (change - jitter_) * JitterWeight;
    last_ = round_trip;
}

void ConnectionMeter::measure_rate(BootTime now) {
    if (counted_since_ == BootTime{}) counted_since_ = now;
    counted_ += moved_;
    auto span = now - counted_since_;
    if (span < RateSpan) return;
    rate_ = static_cast<double>(std::exchange(counted_, 0)) / Seconds{span}.count();
    counted_since_ = now;
}

/// Without timestamps the kernel's value never rises. But a sender that uses its window needs a round trip
/// for each window, so the round trip can be computed from window and rate.
Seconds ConnectionMeter::measured(const Sample& sample) const {
    if (sample.measures_queue) return sample.round_trip;
    auto window = windows_.best();
    if (!window || rate_ <= 0) return sample.handshake;
    return std::max(sample.handshake, Seconds{*window / rate_});
}

} // namespace haulier::yield
