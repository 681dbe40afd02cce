// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/own_rate.hpp"

#include <algorithm>
#include <utility>

namespace haulier::yield {

namespace {

constexpr double NewWeight = 0.4;
/// Long enough to bridge an interruption by other traffic, and short enough for a laptop that changes
/// networks.
constexpr Usec BestMemory = std::chrono::minutes{5};
constexpr Usec BestStep = std::chrono::seconds{10};
/// A burst that waited in a buffer is not what the link can carry.
constexpr Seconds ShortestAverage{0.3};
constexpr double RoundTripsInAverage = 3;

} // namespace

OwnRate::OwnRate() : best_(BestMemory, BestStep) {}

void OwnRate::begin(BootTime now) {
    round_ = long_ = rate_ = 0;
    round_since_ = long_since_ = now;
}

void OwnRate::end_round(BootTime now, Seconds round_trip, double others) {
    Seconds round = now - round_since_;
    if (round.count() <= 0) return;
    auto fresh = std::exchange(round_, 0) / round.count();
    rate_ += NewWeight * (fresh - rate_);
    round_since_ = now;
    Seconds average = now - long_since_;
    if (average < std::max(ShortestAverage, RoundTripsInAverage * round_trip)) return;
    best_.note(std::exchange(long_, 0) / average.count() + others, now);
    long_since_ = now;
}

} // namespace haulier::yield
