// SPDX-License-Identifier: LGPL-2.1-or-later
// The outcome of a call to a client, on either bus.
#pragma once

#include <string_view>

namespace haulier {

enum class CallOutcome {
    Acknowledged, ///< an empty reply
    Refused,      ///< the client replied with an error: try again later
    Gone,         ///< the client does not run, has left, or could not be started
    NoSuchObject, ///< the client runs, but has no such object or method
    Unanswered,   ///< no reply in time
    NoBus,        ///< the user has no session bus now
};

/// What the name of a D-Bus error says about the client that was called.
CallOutcome call_outcome_of(std::string_view error_name);

} // namespace haulier
