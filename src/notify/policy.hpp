// SPDX-License-Identifier: LGPL-2.1-or-later
// How often and how many at a time: the intervals and limits of delivery.
#pragma once

#include "base/clock.hpp"

#include <cstdint>

namespace haulier::notify {

struct Policy {
    Usec retry{5'000'000};           ///< after a failed call, doubling ...
    Usec retry_maximum{600'000'000}; ///< ... up to this
    uint32_t calls_in_flight = 4;    ///< per owner; and never more than one per destination
    /// A call that waits longer is no longer counted in `calls_in_flight`, so that clients that do not reply
    /// delay no other client.
    Usec slow_after{2'000'000};
    uint32_t calls_maximum = 32;   ///< per owner, slow ones included; far below the 128 reply slots of a bus
    uint32_t unanswered = 3;       ///< in a row; then the callback object counts as gone
    Usec launch_delay{60'000'000}; ///< before a third start of a service that never ends a job, doubling
    Usec launch_delay_maximum{86'400'000'000};
};

/// `step` × 2^`times`, at most `maximum`.
Usec doubled(Usec step, uint32_t times, Usec maximum);

} // namespace haulier::notify
