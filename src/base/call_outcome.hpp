// SPDX-License-Identifier: LGPL-2.1-or-later
// What became of a call to a client, on whichever bus it was made.
#pragma once

#include <string_view>

namespace haulier {

enum class CallOutcome {
    Acknowledged, ///< an empty reply
    Refused,      ///< a D-Bus error of the client's: again later
    Gone,         ///< the peer does not exist, has left, or could not be started
    NoSuchObject, ///< the peer exists, but has no such object or method
    Unanswered,   ///< no reply in time
    NoBus,        ///< the user has no session bus now
};

/// What the name of a D-Bus error says about whoever was called.
CallOutcome call_outcome_of(std::string_view error_name);

} // namespace haulier
