// SPDX-License-Identifier: LGPL-2.1-or-later
// The outcome of a call to a client, on either bus.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace haulier {

enum class CallOutcome {
    Acknowledged, ///< a reply
    Refused,      ///< the client replied with an error: try again later
    NoSuchMethod, ///< an error: the client says that it has no such method
    Declined,     ///< the same, but the object has the Callback interface: the client does not want this call
    NoSuchObject, ///< an error: the client has no such object
    Gone,         ///< the bus says that the client has left, or exited while it was being started
    NotStarted,   ///< the bus says that there is no such client, and that it started none
    Unanswered,   ///< no reply in time, or the client reads nothing
    NoBus,        ///< the user has no session bus now
};

struct CallResult {
    CallOutcome outcome = CallOutcome::Unanswered;
    std::string answer{}; ///< in the reply to a question
    bool operator==(const CallResult&) const = default;
};
/// How many bytes of an answer are kept; no URL is as long.
inline constexpr size_t LongestAnswer = 16384;

/// Who made an error reply. Only the bus knows which clients have left; a client may pass on an error of
/// another program.
enum class ErrorOrigin {
    Client,
    Bus,
    Local, ///< made in this process: no reply in time, or no bus
};

/// The origin of an error reply. Replies that libsystemd makes itself have the bus as their sender, but can
/// be recognised by their serial number.
ErrorOrigin error_origin_of(std::string_view sender, uint64_t serial);
CallOutcome call_outcome_of(std::string_view error_name, ErrorOrigin origin);

} // namespace haulier
