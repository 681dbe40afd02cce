// SPDX-License-Identifier: LGPL-2.1-or-later
// From types of the bus to our own and back. Malformed input is refused here, with the name of what is wrong.
#pragma once

#include "base/result.hpp"
#include "daemon/bus/sdbus/compat.hpp"
#include "daemon/manager/job_record.hpp"
#include "daemon/manager/job_table.hpp"
#include "job/counters.hpp"
#include "job/decide.hpp"
#include "job/history.hpp"
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
/// As above, without the number of the file.
using FileErrorTuple = sdbus::Struct<std::string, std::string, int32_t, std::string>;
using NameAndPath = sdbus::Struct<std::string, sdbus::ObjectPath>;
using WaitTuple = sdbus::Struct<std::string, uint64_t>;
using RangeTuple = sdbus::Struct<uint64_t, uint64_t>;
/// Target, scheme, user, password.
using CredentialsTuple = sdbus::Struct<std::string, std::string, std::string, std::string>;
using ListedFile = sdbus::Struct<uint32_t, Options>;
/// Bytes known, bytes here, bytes a second, running jobs, jobs that need someone.
using ActivityTuple = sdbus::Struct<uint64_t, uint64_t, uint64_t, uint32_t, uint32_t>;
using OwnerStatistics = sdbus::Struct<uint32_t, std::map<std::string, uint64_t>>;
using ListedEnd = sdbus::Struct<std::string, Options>;
using ListedJob = sdbus::Struct<sdbus::ObjectPath, Options>;

/// Stops at the limits of what a user may have.
Result<std::vector<job::FileSpec>> decode_files(const std::vector<FileArgument>& files,
                                                const job::Limits& limits);

std::vector<job::Range> decode_ranges(const std::vector<RangeTuple>& ranges);
/// Without user and password yet.
Result<job::Credentials> decode_credentials(const std::string& target, const std::string& scheme);
Result<std::vector<job::Credentials>> decode_credentials(const std::vector<CredentialsTuple>& all);

/// What CreateJob is asked for.
struct CreateCommand {
    job::Limits limits;
    job::Request request;
    std::optional<std::string>
        notify_object; ///< a path; the caller's connection is added by whoever knows it
};
Result<CreateCommand> decode_create(const std::string& display_name, const std::string& type,
                                    const Options& options, const job::Limits& limits);

struct Subscription {
    bool keep_alive = true;
    std::optional<bool> all_users; ///< nothing = as far as no password is needed
    bool progress = true;
};
Result<Subscription> decode_subscription(const Options& options);

struct Filter {
    std::optional<std::vector<job::State>> states;
    std::optional<std::vector<std::string>> properties; ///< to show; nothing = the usual ones
    std::optional<std::string> key;
    uint32_t offset = 0;
    uint32_t limit = UINT32_MAX;
    bool all_users = false;
};
Result<Filter> decode_filter(const Options& filter);

struct HistoryFilter {
    job::EndedFilter ended; ///< without the owner
    bool all_users = false;
};
/// For ListEndedJobs; ForgetEndedJobs takes no pages, and hidden jobs are always meant.
Result<HistoryFilter> decode_history_filter(const Options& filter, bool lists);

/// The list a(sa{sv}) of ListEndedJobs.
void append_ends(sd_bus_message* to, const std::vector<job::EndedJob>& jobs,
                 job::Visibility usual_visibility);
/// For GetStatistics: AllUsers.
Result<bool> decode_statistics_filter(const Options& filter);
OwnerStatistics encode(const job::Statistics& statistics);
ErrorTuple encode(const std::optional<job::JobError>& error);
FileErrorTuple encode_file_error(const std::optional<job::JobError>& error);
WaitTuple encode(const job::WaitReason& reason);
NameAndPath encode(const job::NotifyService& service);
NameAndPath encode(const std::optional<notify::Target>& object);
uint64_t encode(WallTime time);
std::vector<RangeTuple> encode(const std::vector<job::Range>& ranges);
ActivityTuple encode(const daemon::Activity& activity);
/// A file in transfer.
Options encode_active_file(const daemon::JobRecord& entry, uint32_t index,
                           const daemon::ActiveTransfer& transfer, BootTime now);
Options encode_file(const daemon::JobRecord& entry, uint32_t index);

} // namespace haulier::bus
