// SPDX-License-Identifier: LGPL-2.1-or-later
// The limits of bytes a second of jobs. Exchanges of a limited job ask before they move bytes, and wait in a
// line for their turn.
#pragma once

#include "base/event.hpp"
#include "transfer/token_bucket.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>

namespace haulier::transfer {

class RateLimits {
public:
    using Job = std::string; ///< as the daemon calls it; empty = without a limit

    RateLimits(Loop& loop, const Clock& clock) : loop_(loop), clock_(clock) {}
    RateLimits(const RateLimits&) = delete;
    RateLimits& operator=(const RateLimits&) = delete;

    void set(const Job& job, uint64_t bytes_per_second);
    /// None of its exchanges is left.
    void remove(const Job& job) { buckets_.erase(job); }
    /// Bytes a second; 0 = no limit.
    [[nodiscard]] uint64_t rate(const Job& job) const;
    [[nodiscard]] bool may_move(const Job& job) const;
    void moved(const Job& job, uint64_t bytes);

    /// Calls `go` once, when bytes may move and those that came before `who` have had their turn.
    void wait(const void* who, const Job& job, std::function<void()> go);
    void forget(const void* who);

private:
    struct Waiting {
        const void* who = nullptr;
        Job job;
        std::function<void()> go;
    };
    void wake_later();
    void wake();

    Loop& loop_;
    const Clock& clock_;
    std::map<Job, TokenBucket> buckets_;
    std::deque<Waiting> waiting_;
    std::deque<Waiting> going_; ///< whose turn it is, during wake()
    Source timer_;
};

} // namespace haulier::transfer
