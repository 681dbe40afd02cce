// SPDX-License-Identifier: LGPL-2.1-or-later
// Log messages: with fields to the journal if stderr is connected to it, as plain lines on stderr otherwise.
// Never log the query of a URL, a credential or a header value.
#pragma once

#include <array>
#include <initializer_list>
#include <string_view>

namespace haulier::log {

/// A field of the journal, which is left out if it is empty; the names of our own are in field::.
struct Field {
    std::string_view name;
    std::string_view value;
};

namespace field {
inline constexpr std::string_view Job = "HAULIER_JOB";
inline constexpr std::string_view Owner = "HAULIER_OWNER";
inline constexpr std::string_view FormerOwner = "HAULIER_FORMER_OWNER";
inline constexpr std::string_view Result = "HAULIER_RESULT";   ///< as in the signal JobRemoved
inline constexpr std::string_view Error = "HAULIER_ERROR";     ///< the name of a job's error
inline constexpr std::string_view Bytes = "HAULIER_BYTES";     ///< of an ended job: transferred
inline constexpr std::string_view Files = "HAULIER_FILES";     ///< the same
inline constexpr std::string_view Seconds = "HAULIER_SECONDS"; ///< for which it was active
inline constexpr std::string_view Client = "HAULIER_CLIENT";   ///< a bus name
inline constexpr std::string_view Database = "HAULIER_DATABASE";
inline constexpr std::array All{Job,   Owner, FormerOwner, Result, Error,
                                Bytes, Files, Seconds,     Client, Database};
/// Identifies the kind of event, 128 bits in hex; only written to the journal.
inline constexpr std::string_view MessageId = "MESSAGE_ID";
} // namespace field

void error(std::string_view message, std::initializer_list<Field> fields = {});
void warning(std::string_view message, std::initializer_list<Field> fields = {});
void info(std::string_view message, std::initializer_list<Field> fields = {});
/// Only if HAULIER_DEBUG is set in the environment.
void debug(std::string_view message, std::initializer_list<Field> fields = {});

} // namespace haulier::log
