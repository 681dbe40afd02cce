// SPDX-License-Identifier: LGPL-2.1-or-later
// When to try again: which causes time may cure (BITS 3.3, 3.4 with the departures in docs/decisions.md,
// Jobs), and how long to wait.
#pragma once

#include "job/cause.hpp"

#include <chrono>
#include <cstdint>

namespace haulier::job {

/// The source of jitter; injected, so that a test can choose.
class Random {
public:
    virtual ~Random() = default;
    /// Evenly spread over [0, 1).
    virtual double fraction() = 0;
};

enum class Backoff { Exponential, Constant };

struct RetryPolicy {
    Backoff backoff = Backoff::Exponential;
    std::chrono::seconds maximum_delay{3600};        ///< where doubling ends
    std::chrono::seconds maximum_retry_after{86400}; ///< a server may ask for at most this much patience
};

/// True when trying again cannot help. `code` is the HTTP status for Cause::HttpStatus, ignored otherwise.
bool is_fatal(Cause cause, int32_t code);

/// The wait before try number `failures` + 1, never below `minimum` nor below what the server asked for.
/// `failures`: how many tries in a row ended without progress, at least 1.
std::chrono::seconds retry_delay(const RetryPolicy& policy, std::chrono::seconds minimum, uint32_t failures,
                                 std::chrono::seconds retry_after, Random& random);

} // namespace haulier::job
