// SPDX-License-Identifier: LGPL-2.1-or-later
// How often and how many at a time: the intervals and limits of delivery.
#pragma once

#include "base/clock.hpp"

#include <cstdint>

namespace haulier::notify {

struct Policy {
    Usec retry{5'000'000};           ///< after a failed call, doubling ...
    Usec retry_maximum{600'000'000}; ///< ... up to this
    uint32_t calls_in_flight = 4;    ///< of each kind per owner; and never more than one per recipient
    /// A call that waits longer is no longer counted in `calls_in_flight`, so that 200 clients that do not
    /// reply delay no other client by more than a second.
    Usec slow_after{20'000};
    Usec start_slow_after{2'000'000}; ///< the same for calls that start a program
    uint32_t calls_maximum = 256; ///< per owner, slow ones included; as many connections as a user may have
    uint32_t starts_maximum = 32; ///< per owner, slow ones included
    uint32_t unanswered_calls_maximum =
        16;                        ///< per owner: calls to clients that did not reply to their last one
    uint32_t unanswered = 3;       ///< in a row; then the service is called instead of the callback object
    Usec launch_delay{60'000'000}; ///< before a third start in vain, doubling
    Usec launch_delay_maximum{86'400'000'000};
    /// How long a question may wait for a client that cannot be called, from its beginning or the job's last
    /// answer. A client that has been called has as long to reply as to any call.
    Usec question_patience{120'000'000};
    Usec owner_known_for{1'000'000}; ///< then the bus is asked again which connection has a service's name
};

/// `step` × 2^`times`, at most `maximum`.
Usec doubled(Usec step, uint32_t times, Usec maximum);

} // namespace haulier::notify
