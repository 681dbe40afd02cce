// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/rate_limits.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace haulier::transfer {

namespace {

/// The bytes that an exchange is expected to transfer before it has to wait again.
constexpr int64_t Step = 16 * 1024;
constexpr Usec ShortestPause{5'000};
constexpr Usec LongestPause{100'000};

} // namespace

/// A bucket whose rate stays keeps its level.
void RateLimits::set(const wire::Limits& limits) {
    auto now = clock_.now().boot;
    auto change = [&](TokenBucket& bucket, uint64_t rate) {
        if (bucket.rate() != rate) bucket.set_rate(rate, now);
    };
    change(all_, limits.all());
    change(background_, limits.background());
    std::map<std::string, TokenBucket> jobs;
    for (const auto& limit : limits.jobs()) {
        auto known = jobs_.find(limit.job());
        auto& bucket = jobs[limit.job()];
        if (known != jobs_.end()) bucket = known->second;
        change(bucket, limit.bytes_per_second());
    }
    jobs_ = std::move(jobs);
    wake_later();
}

RateLimits::Buckets RateLimits::buckets_of(const RateGroup& group) const {
    Buckets buckets{};
    if (all_.is_limited()) buckets[0] = &all_;
    if (group.background && background_.is_limited()) buckets[1] = &background_;
    if (auto own = jobs_.find(group.job); own != jobs_.end()) buckets[2] = &own->second;
    return buckets;
}

uint64_t RateLimits::rate(const RateGroup& group) const {
    uint64_t least = 0;
    for (const auto* bucket : buckets_of(group))
        if (bucket) least = least == 0 ? bucket->rate() : std::min(least, bucket->rate());
    return least;
}

Usec RateLimits::longest(const RateGroup& group, Usec (TokenBucket::*time)(BootTime) const) const {
    auto buckets = buckets_of(group);
    if (buckets == Buckets{}) return {};
    auto now = clock_.now().boot;
    Usec most{};
    for (const auto* bucket : buckets)
        if (bucket) most = std::max(most, (bucket->*time)(now));
    return most;
}

Usec RateLimits::time_to_move(const RateGroup& group) const {
    return longest(group, &TokenBucket::time_to_move);
}

void RateLimits::moved(const RateGroup& group, uint64_t bytes) {
    auto now = clock_.now().boot;
    all_.take(bytes, now);
    if (group.background) background_.take(bytes, now);
    if (auto own = jobs_.find(group.job); own != jobs_.end()) own->second.take(bytes, now);
}

void RateLimits::receives(const void* who, const RateGroup& group, std::function<void()> stop) {
    receiving_.insert_or_assign(who, Receiving{group, std::move(stop)});
}

void RateLimits::stop_others(const void* who) {
    for (const auto& [other, receiving] : receiving_)
        if (other != who && !may_move(receiving.group)) receiving.stop();
}

void RateLimits::wait(const void* who, const RateGroup& group, const void* connection,
                      std::function<void()> go) {
    waiting_.push_back({who, group, connection, std::move(go)});
    if (!timer_) wake_later();
}

void RateLimits::forget(const void* who) {
    receiving_.erase(who);
    for (auto* line : {&waiting_, &going_})
        std::erase_if(*line, [&](const Waiting& waiting) { return waiting.who == who; });
}

void RateLimits::wake_later() {
    timer_.reset();
    if (waiting_.empty()) return;
    auto pause = LongestPause;
    for (const auto& waiting : waiting_)
        pause = std::min(pause, longest(waiting.group, &TokenBucket::time_to_fill));
    timer_ = loop_.after(std::max(pause, ShortestPause), [this] { wake(); });
}

/// As many exchanges go as the available bytes suffice for. Exchanges that then transfer nothing do not delay
/// the others for long.
void RateLimits::wake() {
    timer_.reset();
    auto now = clock_.now().boot;
    std::map<const TokenBucket*, int64_t> promised;
    std::set<const void*> connections;
    std::deque<Waiting> staying;
    for (auto& waiting : std::exchange(waiting_, {})) {
        auto buckets = buckets_of(waiting.group);
        bool shares = connections.contains(waiting.connection);
        bool goes = shares || std::all_of(buckets.begin(), buckets.end(), [&](const auto* bucket) {
                        return !bucket || bucket->level(now) > promised[bucket];
                    });
        if (goes && waiting.connection) connections.insert(waiting.connection);
        for (const auto* bucket : buckets)
            if (goes && !shares && bucket) promised[bucket] += Step;
        (goes ? going_ : staying).push_back(std::move(waiting));
    }
    waiting_ = std::move(staying);
    while (!going_.empty()) {
        auto go = std::move(going_.front().go);
        going_.pop_front();
        go();
    }
    if (!timer_) wake_later();
}

} // namespace haulier::transfer
