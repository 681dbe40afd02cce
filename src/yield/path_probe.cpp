// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/path_probe.hpp"

#include "yield/window_law.hpp"

#include <algorithm>

namespace haulier::yield {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Most transfers in the foreground are shorter, and a probe takes something from the others.
constexpr Usec FirstProbeAfter = seconds{20};
constexpr Usec LongestProbePause = seconds{320};
constexpr Usec PauseInSeries = seconds{1};
/// A single probe may find room because another transfer has just slowed down.
constexpr int ProbesInSeries = 3;

/// Part of what the link carries in a round trip.
constexpr double ProbedPart = 0.35;
constexpr double LeastSegments = 8;
/// The smoothed rate needs some rounds to follow.
constexpr int RoundsOfProbe = 5;
constexpr Usec ShortestProbe = milliseconds{100};
constexpr double FollowingPart = 0.7;
/// On a full link, the window of the probe would wait in the queue as a whole.
constexpr double QueuedPart = 0.3;
constexpr Seconds NoticedByProbe{0.001};

} // namespace

std::optional<double> PathProbe::next(const Round& round, bool is_starved) {
    has_found_ = false;
    if (window_ == 0 && !is_starved) {
        next_at_.reset();
        return std::nullopt;
    }
    if (!next_at_) {
        pause_ = FirstProbeAfter;
        passed_ = 0;
        next_at_ = round.now + pause_;
    }
    if (window_ == 0 && round.now >= *next_at_)
        begin(round);
    else if (window_ > 0)
        end(round);
    return window_ > 0 ? std::optional{window_} : std::nullopt;
}

void PathProbe::begin(const Round& round) {
    window_ = std::max(ProbedPart * round.best_rate * round.base.count(), LeastSegments * round.segment);
    rounds_ = 0;
    began_ = round.now;
    queue_before_ = round.queue;
    is_lossy_ = false;
}

/// Continues the probe until it has taken long enough.
void PathProbe::end(const Round& round) {
    is_lossy_ = is_lossy_ || round.is_lossy;
    ++rounds_;
    bool is_over = rounds_ >= RoundsOfProbe && round.now - began_ >= ShortestProbe;
    if (!is_over && !is_full(round)) return;
    bool has_room =
        !is_full(round) && round.rate >= FollowingPart * window_ / (round.base + round.queue).count();
    passed_ = has_room ? passed_ + 1 : 0;
    if (!has_room) pause_ = std::min(2 * pause_, LongestProbePause);
    next_at_ = round.now + (has_room ? PauseInSeries : pause_);
    has_found_ = passed_ == ProbesInSeries;
    if (has_found_) next_at_.reset();
    window_ = 0;
}

bool PathProbe::is_full(const Round& round) const {
    auto allowed =
        Seconds{QueuedPart * window_ / std::max(round.best_rate, 1.0)} + NoticedByProbe + round.jitter;
    return is_lossy_ || round.queue > queue_before_ + allowed;
}

} // namespace haulier::yield
