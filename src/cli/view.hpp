// SPDX-License-Identifier: LGPL-2.1-or-later
// A job as the daemon describes it: JSON with the names of the D-Bus properties, how it is shown, and the
// part of it that the command uses itself.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace haulier::cli {

/// Keeps the order of insertion, so that output is easy to read.
using Json = nlohmann::ordered_json;

struct JobView {
    std::string id;
    std::string type;
    std::string key;
    std::string name;
    std::string state;
    uint32_t owner = 0;
    std::string wait_reason;
    uint64_t wait_until = 0; ///< microseconds since the epoch, 0 = until an event
    uint64_t done = 0;
    std::optional<uint64_t> total;
    std::optional<uint64_t> estimate; ///< of the total, while the sizes of some files are not known
    uint64_t files = 0;
    uint64_t files_done = 0;
    uint64_t files_failed = 0;
    std::string error_name;
    int64_t error_code = 0;
    std::string error_message;
    uint64_t error_file = 0;    ///< its index
    bool yields = false;        ///< slow because of other traffic
    bool auto_complete = false; ///< false as well if the property was not read
    bool operator==(const JobView&) const = default;
};
JobView view_of(const Json& properties);

/// A file of a job.
struct FileView {
    uint64_t index = 0;
    std::string local;
    std::string remote;
    std::string stage; ///< its state, or "complete" or "invalid"
    uint64_t done = 0;
    std::optional<uint64_t> total;
    std::string error_message;
    uint64_t retry_date = 0; ///< microseconds since the epoch, 0 = none
    [[nodiscard]] std::string name() const { return local.substr(local.rfind('/') + 1); }
};
FileView file_view_of(const Json& properties);
/// The size of all files, if those whose size is not known are as large as the others. Nothing if none is
/// known.
std::optional<uint64_t> estimated_total(const std::vector<FileView>& files);

/// How a job ended, or why waiting for it ended.
enum class End {
    Transferred, ///< waits for Complete
    Failed,      ///< waits for Resume
    Completed,
    Partial, ///< completed without all of its files
    Cancelled,
    Expired,     ///< was not used for too long
    Taken,       ///< belongs to another user now
    Gone,        ///< ended while the command was not listening
    Interrupted, ///< the user interrupted the command; the job continues
    TimedOut,    ///< --timeout; the job continues
};
/// An ended job can still be read for a while, but not changed.
bool has_ended(const JobView& job);
/// Nothing while the job can continue by itself, is suspended, or is being completed.
std::optional<End> end_of(const JobView& job);
/// The same for the result in JobRemoved.
End end_from_result(const std::string& result);

/// For --json: special numbers become null, and structures become objects.
Json to_public_json(const Json& properties);

/// A range of a file; null as the length means to the end.
Json public_range(const Json& offset, const Json& length);

/// The value of a property for people: sizes and dates with units, lists as words.
std::string format_value(const std::string& property, const Json& value);

} // namespace haulier::cli
