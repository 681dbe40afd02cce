// SPDX-License-Identifier: LGPL-2.1-or-later
// Turns the exceptions of sdbus-c++ into results.
#pragma once

#include "cli/bus.hpp"
#include "cli/compat.hpp"

#include <type_traits>

namespace haulier::cli {

/// The result of `call`, or Done if it has none.
template <class Call>
auto call_guarded(const Bus& bus, Call&& call) {
    using Returned = decltype(call());
    constexpr bool is_void = std::is_void_v<Returned>;
    using Answer = Result<std::conditional_t<is_void, Done, Returned>, Failure>;
    try {
        if constexpr (is_void) {
            call();
            return Answer{Done{}};
        } else {
            return Answer{call()};
        }
    } catch (const sdbus::Error& error) {
        return Answer{bus.failure_of(error)};
    }
}

} // namespace haulier::cli
