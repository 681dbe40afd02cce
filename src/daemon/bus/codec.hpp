// SPDX-License-Identifier: LGPL-2.1-or-later
// From bus types to ours and back. Malformed input dies here, with the name of what was wrong.
#pragma once

#include "base/result.hpp"
#include "daemon/bus/compat.hpp"
#include "daemon/entry.hpp"
#include "job/decide.hpp"
#include "notify/notifier.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace haulier::bus {

using Options = std::map<std::string, sdbus::Variant>;
using FileArgument = sdbus::Struct<std::string, std::string, Options>;
using ErrorTuple = sdbus::Struct<std::string, std::string, int32_t, std::string, uint32_t>;
using NameAndPath = sdbus::Struct<std::string, sdbus::ObjectPath>;
using WaitTuple = sdbus::Struct<std::string, uint64_t>;
using ListedFile = sdbus::Struct<uint32_t, Options>;
using ListedJob = sdbus::Struct<sdbus::ObjectPath, Options>;

Result<std::vector<job::FileSpec>> decode_files(const std::vector<FileArgument>& files);

/// What CreateJob is asked for.
struct CreateCommand {
    job::Request request;
    std::optional<std::string>
        notify_object; ///< a path; the caller's connection is added by whoever knows it
};
Result<CreateCommand> decode_create(const std::string& display_name, const std::string& type,
                                    const Options& options);

struct Filter {
    std::optional<std::vector<job::State>> states;
    std::optional<std::string> key;
    uint32_t offset = 0;
    uint32_t limit = UINT32_MAX;
};
Result<Filter> decode_filter(const Options& filter);

ErrorTuple encode(const std::optional<job::JobError>& error);
WaitTuple encode(const job::WaitReason& reason);
NameAndPath encode(const job::NotifyService& service);
NameAndPath encode(const std::optional<notify::Target>& object);
uint64_t encode(WallTime time);
Options encode_file(const daemon::Entry& entry, uint32_t index);
Options encode_summary(const daemon::Entry& entry);

} // namespace haulier::bus
