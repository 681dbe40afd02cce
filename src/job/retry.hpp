// SPDX-License-Identifier: LGPL-2.1-or-later
// When to try again: which failures are transient (BITS 3.3, 3.4, with the departures in docs/decisions.md,
// Jobs), and how long to wait.
#pragma once

#include "job/cause.hpp"

#include <chrono>
#include <cstdint>

namespace haulier::job {

/// The source of jitter; injected, so that tests can choose the values.
class Random {
public:
    virtual ~Random() = default;
    /// Uniformly distributed over [0, 1).
    virtual double fraction() = 0;
};

enum class Backoff { Exponential, Constant };

struct RetryPolicy {
    Backoff backoff = Backoff::Exponential;
    std::chrono::seconds maximum_delay{3600};        ///< the longest delay that doubling leads to
    std::chrono::seconds maximum_retry_after{86400}; ///< the longest delay that a server can request
};

/// True if trying again cannot help. `code` is the HTTP status for Cause::HttpStatus, ignored otherwise.
bool is_fatal(Cause cause, int32_t code);

/// The wait before try number `failures` + 1, never below `minimum` or what the server requested.
/// `failures`: how many tries in a row ended without progress, at least 1.
std::chrono::seconds retry_delay(const RetryPolicy& policy, std::chrono::seconds minimum, uint32_t failures,
                                 std::chrono::seconds retry_after, Random& random);

} // namespace haulier::job
