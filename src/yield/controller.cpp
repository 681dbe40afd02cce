// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/controller.hpp"

#include <algorithm>
#include <utility>

namespace haulier::yield {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double FirstSegments = 10; ///< as TCP begins itself
constexpr double UsualSegment = 1448;
/// A shorter round trip is not measured exactly enough for a decision.
constexpr Seconds ShortestRound{0.01};
constexpr Seconds UnknownRoundTrip{0.1};
/// After so long without bytes, the law begins anew.
constexpr Usec Forgotten = seconds{3};
/// A few packets that overtake each other are no loss.
constexpr uint32_t LossesThatCount = 4;
/// The smallest window is this share of what the link carries, within these numbers of packets in a round
/// trip, because two packets may be a large part of a slow link.
constexpr double ShareOfLeast = 0.01;
constexpr double MostSegmentsOfLeast = 2;
constexpr double LeastSegmentsOfLeast = 0.25;

constexpr Usec MetLately = milliseconds{2500};
constexpr double SlowShare = 0.8; ///< of the best rate
constexpr Usec YieldsAtLeast = seconds{1};

} // namespace

double Controller::first_window(double segment) {
    return FirstSegments * (segment > 0 ? segment : UsualSegment);
}

double Controller::segment_of(const Tick& tick) const {
    double largest = 0;
    for (const auto& sample : tick.connections)
        largest = std::max(largest, sample.segment);
    return largest > 0 ? largest : UsualSegment;
}

std::vector<Order> Controller::tick(const Tick& tick) {
    now_ = tick.now;
    other_workers_ = tick.other_workers;
    meet(tick);
    if (tick.connections.empty()) {
        is_yielding_ = false;
        return {};
    }
    measure(tick);
    auto seen = view(tick);
    if (seen.is_measured) view_ = seen;
    seen = {view_.base, view_.queue, view_.jitter, seen.is_measured};
    apply_limit(tick, seen);
    auto round_trip = std::max(seen.base + seen.queue, ShortestRound);
    if (Seconds{now_ - round_since_} >= round_trip) end_round(tick, seen);
    judge();
    auto orders = shares_.divide(law_.window(), claims(tick, seen));
    windows_.clear();
    for (const auto& order : orders)
        windows_[order.id] = order.window;
    return orders;
}

/// Connections come and go. Where nothing moved for a while, the law begins anew; what is known of the link
/// stays.
void Controller::meet(const Tick& tick) {
    auto is_there = [&](ConnectionId id) {
        return std::any_of(tick.connections.begin(), tick.connections.end(),
                           [&](const Sample& sample) { return sample.id == id; });
    };
    std::erase_if(meters_, [&](const auto& entry) { return !is_there(entry.first); });
    bool was_silent = now_ - moved_at_ > Forgotten;
    if (!tick.connections.empty() && was_silent) {
        law_.begin(now_, segment_of(tick));
        rate_.begin(now_);
        spare_.begin(now_);
        round_since_ = moved_at_ = now_;
        view_ = {.base = UnknownRoundTrip};
        losses_ = 0;
    }
    for (const auto& sample : tick.connections)
        meters_.try_emplace(sample.id, sample);
}

void Controller::measure(const Tick& tick) {
    for (const auto& sample : tick.connections) {
        auto& meter = meters_.at(sample.id);
        auto window = windows_.find(sample.id);
        meter.take(sample, window == windows_.end() ? 0 : window->second, now_);
        losses_ += meter.losses();
        if (meter.is_fresh()) bases_.note(sample.remote, *meter.round_trip(), now_);
    }
    if (tick.own_bytes > 0) moved_at_ = now_;
    rate_.moved(tick.own_bytes);
    if (tick.interface_bytes) spare_.take(now_, *tick.interface_bytes, tick.own_bytes);
}

/// The shortest queue is that of the shared link; a slow path to one peer must not slow down the others. If
/// some peers were measured with the queue drained, only those count.
Controller::View Controller::view(const Tick& tick) const {
    View seen;
    bool is_proved = false;
    for (const auto& sample : tick.connections) {
        const auto& meter = meters_.at(sample.id);
        auto base = bases_.of(sample.remote);
        if (!meter.round_trip() || !base) continue;
        auto queue = std::max(*meter.round_trip() - *base, Seconds{0});
        bool proved = bases_.is_proved(sample.remote);
        bool is_better =
            !seen.is_measured || (proved && !is_proved) || (proved == is_proved && queue < seen.queue);
        if (is_better) seen = {*base, queue, meter.jitter(), true};
        is_proved = is_proved || proved;
    }
    return seen;
}

void Controller::apply_limit(const Tick& tick, const View& view) {
    spare_limit_.reset();
    if (!tick.interface_bytes) return;
    auto queue = view.is_measured ? std::optional{view.queue} : std::nullopt;
    spare_limit_ = spare_.limit(now_, queue, view.base + view.queue, tick.other_workers);
    if (spare_limit_)
        law_.limit(
            std::max(*spare_limit_ * (view.base + view.queue).count(), least_window(segment_of(tick))));
    else
        law_.lift_limit();
}

/// All workers on the link share it, so that their smallest windows do not add up.
double Controller::least_window(double segment) const {
    auto share = ShareOfLeast * rate_.best() * (view_.base + view_.queue).count();
    auto most = MostSegmentsOfLeast * segment;
    auto all = share == 0 ? most : std::clamp(share, LeastSegmentsOfLeast * segment, most);
    return all * part();
}

double Controller::part() const {
    return 1 / (1.0 + other_workers_.count);
}

void Controller::end_round(const Tick& tick, const View& view) {
    round_since_ = now_;
    auto round_trip = view.base + view.queue;
    auto others = spare_.rate_of(other_workers_);
    rate_.end_round(now_, round_trip, others);
    auto segment = segment_of(tick);
    bool is_lossy = std::exchange(losses_, 0) >= LossesThatCount;
    if (view.is_measured)
        law_.next({.now = now_,
                   .base = view.base,
                   .queue = view.queue,
                   .jitter = view.jitter,
                   .rate = rate_.now(),
                   .best_rate = rate_.best(),
                   .others = others,
                   .part = part(),
                   .is_lossy = is_lossy,
                   .segment = segment,
                   .least = least_window(segment)});
    if (law_.has_drained())
        for (const auto& sample : tick.connections)
            bases_.drained(sample.remote);
    if (law_.has_found_longer_path()) bases_.forget();
    shares_.next_round(now_, law_.window(), round_trip, claims(tick, view));
}

/// The result is for users, so it must not change several times a second.
void Controller::judge() {
    bool is_slow = rate_.now() + spare_.rate_of(other_workers_) < SlowShare * rate_.best();
    bool is_limited =
        spare_limit_ && (rate_.best() == 0 || *spare_limit_ < SlowShare * part() * rate_.best());
    if ((is_slow && law_.has_met_others(now_, MetLately)) || is_limited) {
        is_yielding_ = true;
        yielding_until_ = now_ + YieldsAtLeast;
    } else if (now_ >= yielding_until_) {
        is_yielding_ = false;
    }
}

std::vector<Claim> Controller::claims(const Tick& tick, const View& view) const {
    std::vector<Claim> all;
    auto round_trip = (view.base + view.queue).count();
    auto segment = segment_of(tick);
    for (const auto& sample : tick.connections)
        all.push_back({sample.id, meters_.at(sample.id).rate() * round_trip, segment});
    return all;
}

} // namespace haulier::yield
