// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/job_index.hpp"

#include "daemon/manager/host_tracker.hpp"
#include "daemon/manager/transfer_orders.hpp"
#include "job/conditions.hpp"

namespace haulier::daemon {

namespace {

/// It takes time to find the servers of many files.
constexpr size_t MostFilesInLine = 16;

} // namespace

std::string line_of(const JobRecord& record) {
    const auto& alone = record.working().id.hex;
    const auto& files = record.working_files();
    if (!record.waiting_files().empty() || files.size() - record.cursor > MostFilesInLine) return alone;
    std::string line;
    for (auto i = static_cast<uint32_t>(record.cursor); i < files.size(); ++i) {
        if (!wants_transfer(record, i)) continue;
        auto server = HostTracker::host_of(record, i).server;
        if (!line.empty() && server != line) return alone;
        line = std::move(server);
    }
    return line.empty() ? alone : line;
}

void JobIndex::place(const JobRecord& record, Now now) {
    const auto& job = record.working();
    if (job::is_running(job.state))
        running_.insert(job.id);
    else
        running_.erase(job.id);
    bool waits = !record.is_changing() && job.state == job::State::Queued;
    auto readiness = job::readiness(job, now.wall);
    if (waits && readiness == job::Readiness::Ready)
        ready_.place(job.id, {job.owner, job.priority, record.queued_since, line_of(record)});
    else
        ready_.remove(job.id);
    bool is_dated = waits && readiness == job::Readiness::NotBefore;
    set_date(job.id, is_dated ? std::optional{job::start_date(job)} : std::nullopt);
}

void JobIndex::erase(const job::Id& id) {
    running_.erase(id);
    ready_.remove(id);
    set_date(id, std::nullopt);
}

void JobIndex::set_date(const job::Id& id, std::optional<WallTime> date) {
    if (auto before = dates_.find(id); before != dates_.end()) {
        if (before->second == date) return;
        by_date_.erase({before->second, id});
        dates_.erase(before);
    }
    if (!date) return;
    dates_.emplace(id, *date);
    by_date_.emplace(*date, id);
}

std::vector<job::Id> JobIndex::due(WallTime now) const {
    std::vector<job::Id> due;
    for (const auto& [date, id] : by_date_) {
        if (date > now) break;
        due.push_back(id);
    }
    return due;
}

} // namespace haulier::daemon
