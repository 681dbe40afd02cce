// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/patience.hpp"

#include "transfer/curl_options.hpp"

#include <algorithm>

namespace haulier::transfer {

namespace {

using std::chrono::seconds;

constexpr uint32_t MaxDoublings = 4;
/// For virus scanners, indexing and slow storage of a server that has the whole content.
constexpr Usec AfterBody = std::chrono::hours{1};
constexpr uint64_t BytesExaminedPerSecond = 1024 * 1024;

Usec answer_limit(Usec silence, uint32_t attempt) {
    return silence * (uint32_t{1} << std::min(attempt, MaxDoublings));
}

} // namespace

PatienceLimits patience_for(const NetworkSettings& settings, const wire::Http& http, uint64_t body_size) {
    const Usec silence = seconds{settings.stall_timeout_s};
    PatienceLimits limits{.silence = silence};
    if (http.answer_timeout_s() > 0) {
        limits.answer = limits.after_body = seconds{http.answer_timeout_s()};
        return limits;
    }
    limits.answer = answer_limit(silence, http.attempt());
    limits.after_body = std::max(limits.answer, AfterBody + seconds{body_size / BytesExaminedPerSecond});
    return limits;
}

void Patience::wait_for(For what) {
    waiting_for_ = what;
    waited_ = {};
}

void Patience::sending() {
    wait_for(For::Sending);
}

void Patience::sent() {
    wait_for(For::AnswerAfterBody);
}

void Patience::unacknowledged(uint64_t bytes) {
    if (bytes < unacknowledged_) waited_ = {};
    unacknowledged_ = bytes;
}

void Patience::asked_again() {
    wait_for(For::Answer);
}

void Patience::receiving() {
    wait_for(For::Content);
}

Bound Patience::wait(Usec time) {
    waited_ += time;
    switch (waiting_for_) {
    case For::Answer: return waited_ > limits_.answer ? Bound::Answer : Bound::None;
    case For::AnswerAfterBody:
        if (unacknowledged_ > 0) return waited_ > limits_.silence ? Bound::Silence : Bound::None;
        return waited_ > limits_.after_body ? Bound::AnswerAfterBody : Bound::None;
    case For::Sending:
    case For::Content: return waited_ > limits_.silence ? Bound::Silence : Bound::None;
    }
    return Bound::None;
}

RateFloor::RateFloor(uint64_t bytes_per_second, Usec period)
    : least_(bytes_per_second * static_cast<uint64_t>(period.count()) / 1'000'000), period_(period) {}

void RateFloor::begin_anew() {
    passed_ = {};
    bytes_ = 0;
}

bool RateFloor::is_missed(Usec time) {
    passed_ += time;
    if (passed_ < period_) return false;
    bool missed = bytes_ < least_;
    begin_anew();
    return missed;
}

} // namespace haulier::transfer
