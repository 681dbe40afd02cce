// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/token_bucket.hpp"

#include <algorithm>

namespace haulier::transfer {

namespace {

/// What can be saved up while no bytes are transferred.
constexpr Usec Burst{25'000};
constexpr Usec WorthWhile{10'000};
/// When the limit changes, debt beyond this is dropped, because it arose at another rate.
constexpr Usec LongestDebt{250'000};
/// So that products do not overflow.
constexpr Usec LongestSpan{3'600'000'000};
constexpr uint64_t HighestRate = uint64_t{1} << 40;
constexpr int64_t MicrosecondsPerSecond = 1'000'000;

} // namespace

int64_t TokenBucket::bytes_in(Usec time) const {
    auto span = std::min(time, LongestSpan).count();
    auto rate = static_cast<int64_t>(rate_);
    return rate / 1000 * span / (MicrosecondsPerSecond / 1000) + rate % 1000 * span / MicrosecondsPerSecond;
}

void TokenBucket::set_rate(Rate rate, BootTime now) {
    auto before = level(now);
    bool was_limited = is_limited();
    rate_ = std::min(rate, HighestRate);
    level_ = was_limited ? std::clamp(before, -bytes_in(LongestDebt), bytes_in(Burst)) : 0;
    filled_at_ = now;
}

int64_t TokenBucket::level(BootTime now) const {
    // At a few bytes a second, a burst would be less than one.
    return std::min(level_ + bytes_in(std::max(Usec{0}, now - filled_at_)),
                    std::max<int64_t>(bytes_in(Burst), 1));
}

void TokenBucket::take(uint64_t bytes, BootTime now) {
    if (!is_limited()) return;
    level_ = level(now) - static_cast<int64_t>(bytes);
    filled_at_ = now;
}

Usec TokenBucket::time_to_move(BootTime now) const {
    return time_to_reach(1, now);
}

Usec TokenBucket::time_to_fill(BootTime now) const {
    return time_to_reach(std::max<int64_t>(bytes_in(WorthWhile), 1), now);
}

Usec TokenBucket::time_to_reach(int64_t wanted, BootTime now) const {
    if (!is_limited()) return {};
    auto missing = wanted - level(now);
    if (missing <= 0) return {};
    auto rate = static_cast<int64_t>(rate_);
    auto seconds = std::min(missing / rate, int64_t{LongestSpan / Usec{MicrosecondsPerSecond}});
    return Usec{seconds * MicrosecondsPerSecond + missing % rate * MicrosecondsPerSecond / rate + 1};
}

} // namespace haulier::transfer
