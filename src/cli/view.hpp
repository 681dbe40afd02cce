// SPDX-License-Identifier: LGPL-2.1-or-later
// What the daemon says about a job, as JSON under the names of the D-Bus properties, and the part of it that
// the command itself must understand.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace haulier::cli {

/// Keeps the order of insertion, so that output reads well.
using Json = nlohmann::ordered_json;

struct JobView {
    std::string id;
    std::string key;
    std::string name;
    std::string state;
    uint32_t owner = 0;
    std::string wait_reason;
    uint64_t wait_until = 0; ///< microseconds since the epoch, 0 = on an event
    uint64_t done = 0;
    std::optional<uint64_t> total;
    uint64_t files = 0;
    uint64_t files_done = 0;
    std::string error_sentence;
    bool operator==(const JobView&) const = default;
};
JobView view_of(const Json& properties);

/// How a job ended, or came to a point where it needs somebody.
enum class End {
    Transferred, ///< waits for Complete
    Failed,      ///< waits for Resume
    Completed,
    Partial, ///< completed without all of its files
    Cancelled,
    Expired,     ///< nobody touched it for too long
    Taken,       ///< it is somebody else's now
    Gone,        ///< ended while nobody listened
    Interrupted, ///< not the job ended, but our patience
};
/// It can be looked at for a while, but no more be changed.
bool has_ended(const JobView& job);
/// Nothing while it goes on, is suspended, or is being completed.
std::optional<End> end_of(const JobView& job);
/// The same from the word in JobRemoved.
End end_from_result(const std::string& result);

/// For --json: what D-Bus says with special numbers and tuples is said with null and named members.
Json presented(const Json& properties);

/// A piece of a file; a length of null = to the end.
Json presented_range(const Json& offset, const Json& length);

/// One property for people: sizes, dates, reasons in words.
std::string in_words(const std::string& property, const Json& value);

} // namespace haulier::cli
