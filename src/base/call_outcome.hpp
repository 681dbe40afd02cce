// SPDX-License-Identifier: LGPL-2.1-or-later
// The outcome of a call to a client, on either bus.
#pragma once

#include <cstdint>
#include <string_view>

namespace haulier {

enum class CallOutcome {
    Acknowledged, ///< an empty reply
    Refused,      ///< the client replied with an error: try again later
    NoSuchMethod, ///< so did one that has the object, but not the method
    NoSuchObject, ///< so did one that has no such object
    Gone,         ///< the bus says that the client has left, or ended while it was started
    NotStarted,   ///< the bus says that there is no such client, and that none was started
    Unanswered,   ///< no reply in time, or the client reads nothing
    NoBus,        ///< the user has no session bus now
};

/// Whose words an error reply is. Only the bus knows who has left; a client may pass on an error that it got
/// from another program.
enum class ErrorOrigin {
    Client,
    Bus,
    Local, ///< made in this process: no reply in time, or no bus
};

/// Of an error reply. libsystemd gives one that it makes itself the bus as its sender, and a serial number of
/// its own.
ErrorOrigin error_origin_of(std::string_view sender, uint64_t serial);
CallOutcome call_outcome_of(std::string_view error_name, ErrorOrigin origin);

} // namespace haulier
