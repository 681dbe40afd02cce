// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/file_chooser.hpp"

#include "daemon/manager/bandwidth.hpp"
#include "daemon/manager/transfer_orders.hpp"
#include "job/file_state.hpp"
#include "job/files_in_flight.hpp"

#include <algorithm>

namespace haulier::daemon {

namespace {

/// Transfers of one job, answered or not.
constexpr size_t MostTransfers = 64;

/// A transfer whose server has not answered for a while does not take a slot from other files.
size_t used_slots(const JobRecord& record, Now now) {
    return static_cast<size_t>(
        std::count_if(record.transfers.begin(), record.transfers.end(), [&](const auto& entry) {
            return entry.second.answered || now.boot < entry.second.started_at + job::SilentAfter;
        }));
}

/// When slots become free because servers have not answered.
void note_silences(const JobRecord& record, Prospect& prospect, Now now) {
    if (record.transfers.size() == record.working_files().size()) return;
    for (const auto& [index, transfer] : record.transfers) {
        auto silent_at = transfer.started_at + job::SilentAfter;
        if (!transfer.answered && now.boot < silent_at) prospect.note(silent_at);
    }
}

/// A worker applies MaximumDownloadSize to its own file, so it must know how much of it the other files
/// leave.
bool awaits_size(const JobRecord& record) {
    const auto& job = record.working();
    if (!job.maximum_download_size || job::is_upload(job.type)) return false;
    return std::any_of(record.transfers.begin(), record.transfers.end(), [&](const auto& entry) {
        return job.on_demand || job::size_of(record.working_files()[entry.first]) == job::UnknownSize;
    });
}

bool has_large(const JobRecord& record) {
    return std::any_of(record.transfers.begin(), record.transfers.end(), [&](const auto& entry) {
        auto size = job::size_of(record.working_files()[entry.first]);
        return (size != job::UnknownSize && size > job::SmallFile) || entry.second.moved > job::SmallFile;
    });
}

bool may_ask(const JobRecord& record) {
    return record.may_ask || (record.working().priority == job::Priority::Foreground && !record.has_asked);
}

} // namespace

Prospect FileChooser::choose(const JobRecord& record, const std::function<void(uint32_t)>& launch) const {
    auto now = context_.clock.now();
    const auto& files = record.working_files();
    const auto& config = context_.config;
    auto most = job::files_in_flight({config.files_at_once, config.small_files_at_once},
                                     record.small_in_a_row, has_large(record));
    most = job::files_in_limit(most, context_.bandwidth.strictest(record.working()));
    Prospect prospect;
    auto used = used_slots(record, now);
    for (size_t i = record.cursor; i < files.size() && used < most && record.transfers.size() < MostTransfers;
         ++i) {
        if (awaits_size(record)) break;
        auto index = static_cast<uint32_t>(i);
        if (!wants_transfer(record, index) || !consider(record, index, prospect, now)) continue;
        launch(index);
        ++used;
    }
    note_silences(record, prospect, now);
    return prospect;
}

bool FileChooser::has_any(const JobRecord& record, Prospect& prospect) const {
    auto now = context_.clock.now();
    if (record.waiting_files().empty() && hosts_.hosts().are_all_free(now.boot)) return true;
    for (size_t i = record.cursor; i < record.working_files().size(); ++i) {
        auto index = static_cast<uint32_t>(i);
        if (wants_transfer(record, index) && consider(record, index, prospect, now)) return true;
    }
    return false;
}

bool FileChooser::consider(const JobRecord& record, uint32_t index, Prospect& prospect, Now now) const {
    // Orders are made from durable values only.
    if (record.is_changing(index)) {
        prospect.is_full = true;
        return false;
    }
    const auto& hosts = hosts_.hosts();
    const auto& file = record.working_files()[index];
    auto host = HostTracker::host_of(record, index);
    if (!job::is_due(file, now.boot) && !hosts.explains_refusal(host, file, now.boot)) {
        prospect.note(file.clocks.retry_at);
        return false;
    }
    switch (hosts.admits(host, file, may_ask(record), now.boot)) {
    case job::Admittance::Yes: return true;
    case job::Admittance::Resting: prospect.note(hosts.rest_of(host, now.boot)->until); return false;
    case job::Admittance::Full: prospect.is_full = true; return false;
    }
    return false;
}

} // namespace haulier::daemon
