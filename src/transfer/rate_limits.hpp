// SPDX-License-Identifier: LGPL-2.1-or-later
// The bandwidth limits of this worker: for all jobs together, for jobs that are not in the foreground, and
// for single jobs. Exchanges ask before they transfer bytes, and queue for their turn.
#pragma once

#include "base/event.hpp"
#include "transfer/token_bucket.hpp"
#include "worker.pb.h"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>

namespace haulier::transfer {

/// Determines which limits apply to an exchange.
struct RateGroup {
    std::string job; ///< id of the job
    bool background = false;
    auto operator<=>(const RateGroup&) const = default;
};

class RateLimits {
public:
    RateLimits(Loop& loop, const Clock& clock) : loop_(loop), clock_(clock) {}
    RateLimits(const RateLimits&) = delete;
    RateLimits& operator=(const RateLimits&) = delete;

    /// Replaces all limits.
    void set(const wire::Limits& limits);
    [[nodiscard]] bool has_own(const std::string& job) const { return jobs_.contains(job); }
    [[nodiscard]] bool is_limited(const RateGroup& group) const { return rate(group) > 0; }
    /// The strictest limit in bytes per second; 0 = no limit.
    [[nodiscard]] uint64_t rate(const RateGroup& group) const;
    [[nodiscard]] bool may_move(const RateGroup& group) const { return time_to_move(group) == Usec{}; }
    /// 0 = bytes may be transferred now.
    [[nodiscard]] Usec time_to_move(const RateGroup& group) const;
    void moved(const RateGroup& group, uint64_t bytes);

    /// `who` receives bytes until forget(). `stop` is called whenever another one has reached a limit of
    /// `group`.
    void receives(const void* who, const RateGroup& group, std::function<void()> stop);
    /// Stops all others to whom a limit applies that is reached. libcurl lets every transfer read before it
    /// returns to the event loop, also those that share a connection.
    void stop_others(const void* who);
    /// Calls `go` once, when bytes may be transferred and all who came before `who` have had their turn.
    /// Those on the same connection go together, because only one of them can have the next bytes.
    void wait(const void* who, const RateGroup& group, const void* connection, std::function<void()> go);
    void forget(const void* who);

private:
    struct Receiving {
        RateGroup group;
        std::function<void()> stop;
    };
    struct Waiting {
        const void* who = nullptr;
        RateGroup group;
        const void* connection = nullptr;
        std::function<void()> go;
    };
    /// A pointer is null where there is no limit.
    using Buckets = std::array<const TokenBucket*, 3>;
    [[nodiscard]] Buckets buckets_of(const RateGroup& group) const;
    /// The longest of the times that `time` says of the limits of `group`.
    [[nodiscard]] Usec longest(const RateGroup& group, Usec (TokenBucket::*time)(BootTime) const) const;
    void wake_later();
    void wake();

    Loop& loop_;
    const Clock& clock_;
    TokenBucket all_;
    TokenBucket background_;
    std::map<std::string, TokenBucket> jobs_;
    std::map<const void*, Receiving> receiving_;
    std::deque<Waiting> waiting_;
    std::deque<Waiting> going_; ///< those whose turn it is, during wake()
    Source timer_;
};

} // namespace haulier::transfer
