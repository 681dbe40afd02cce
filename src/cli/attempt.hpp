// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls that may throw what sdbus-c++ throws, as outcomes.
#pragma once

#include "cli/bus.hpp"
#include "cli/compat.hpp"

namespace haulier::cli {

template <class Call>
auto attempt(const Bus& bus, Call&& call) -> Outcome<decltype(call())> {
    try {
        return call();
    } catch (const sdbus::Error& error) {
        return bus.failure_of(error);
    }
}

/// The same for calls without an answer.
template <class Call>
Outcome<Done> attempt_order(const Bus& bus, Call&& call) {
    return attempt(bus, [&] {
        call();
        return Done{};
    });
}

} // namespace haulier::cli
