// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/rate_limits.hpp"

#include <algorithm>
#include <utility>

namespace haulier::transfer {

namespace {

/// What one that goes is expected to move before it has to wait again.
constexpr int64_t Step = 16 * 1024;
constexpr Usec ShortestPause{5'000};
constexpr Usec LongestPause{100'000};

} // namespace

void RateLimits::set(const Job& job, uint64_t bytes_per_second) {
    auto& bucket = buckets_[job];
    if (bucket.rate() != bytes_per_second) bucket.set_rate(bytes_per_second, clock_.now().boot);
}

uint64_t RateLimits::rate(const Job& job) const {
    auto found = buckets_.find(job);
    return found == buckets_.end() ? 0 : found->second.rate();
}

bool RateLimits::may_move(const Job& job) const {
    auto found = buckets_.find(job);
    return found == buckets_.end() || found->second.level(clock_.now().boot) > 0;
}

void RateLimits::moved(const Job& job, uint64_t bytes) {
    if (auto found = buckets_.find(job); found != buckets_.end())
        found->second.take(bytes, clock_.now().boot);
}

void RateLimits::wait(const void* who, const Job& job, std::function<void()> go) {
    waiting_.push_back({who, job, std::move(go)});
    if (!timer_) wake_later();
}

void RateLimits::forget(const void* who) {
    for (auto* line : {&waiting_, &going_})
        std::erase_if(*line, [&](const Waiting& waiting) { return waiting.who == who; });
}

void RateLimits::wake_later() {
    timer_.reset();
    if (waiting_.empty()) return;
    auto now = clock_.now().boot;
    auto pause = LongestPause;
    for (const auto& waiting : waiting_)
        if (auto found = buckets_.find(waiting.job); found != buckets_.end())
            pause = std::min(pause, found->second.time_to_fill(now));
    timer_ = loop_.after(std::max(pause, ShortestPause), [this] { wake(); });
}

/// As many go as the bucket of their job is enough for. Those who go and move nothing do not stop the others
/// for long.
void RateLimits::wake() {
    timer_.reset();
    auto now = clock_.now().boot;
    std::map<Job, int64_t> promised;
    std::deque<Waiting> staying;
    for (auto& waiting : std::exchange(waiting_, {})) {
        auto bucket = buckets_.find(waiting.job);
        auto& used = promised[waiting.job];
        bool goes = bucket == buckets_.end() || bucket->second.level(now) > used;
        used += Step;
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
