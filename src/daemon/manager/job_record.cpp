// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/job_record.hpp"

#include "daemon/common/environment_proxies.hpp"
#include "job/file_state.hpp"
#include "job/memory_usage.hpp"
#include "job/segments.hpp"

#include <algorithm>
#include <utility>

namespace haulier::daemon {

namespace {

bool has_same_sources(const job::FileSpec& a, const job::FileSpec& b) {
    return a.remote == b.remote && a.mirrors == b.mirrors && a.peers == b.peers;
}

} // namespace

bool is_needless(const job::File& file) {
    return file.not_modified || file.removed;
}

void FileSums::add(const job::File& file) {
    if (file.removed) return;
    auto size = job::size_of(file);
    if (size == job::UnknownSize)
        unsized += 1;
    else
        known += size;
    stored += file.offset;
}

void FileSums::take(const job::File& file) {
    if (file.removed) return;
    auto size = job::size_of(file);
    if (size == job::UnknownSize)
        unsized -= 1;
    else
        known -= size;
    stored -= file.offset;
}

JobRecord::JobRecord(job::Job job, std::vector<job::File> files)
    : durable_(std::make_shared<const job::Job>(std::move(job))), working_(durable_),
      files_(std::move(files)), durable_count_(static_cast<uint32_t>(files_.size())) {
    note_sources();
    for (uint32_t i = 0; i < durable_count_; ++i) {
        note_waiting(i);
        sums_.add(files_[i]);
    }
    announced = sums_;
}

const job::File& JobRecord::durable_file(uint32_t index) const {
    auto changing = durable_files_.find(index);
    return changing == durable_files_.end() ? files_[index] : changing->second;
}

bool JobRecord::is_changing(uint32_t index) const {
    return index >= durable_count_ || durable_files_.contains(index);
}

bool JobRecord::only_progresses() const {
    if (!is_changing()) return true;
    return is_durable() && job::is_running(durable_->state) && job::is_running(working_->state) &&
           job::has_same_settings(*durable_, *working_);
}

JobChange JobRecord::replace(job::Decision decision) {
    JobChange change;
    change.before = working_;
    change.after = std::make_shared<const job::Job>(std::move(decision.job));
    change.changed_files = !decision.files.empty();
    working_ = change.after;
    bool other_sources = change.before && change.before->http.proxy != change.after->http.proxy;
    if (!decision.files.empty() && decision.files.rbegin()->first >= files_.size())
        files_.resize(decision.files.rbegin()->first + 1);
    for (auto& [index, file] : decision.files) {
        auto& current = files_[index];
        other_sources =
            other_sources || !has_same_sources(current.spec, file.spec) || file.removed != current.removed;
        if (!file.removed && job::has_arrived(*working_, file) && !job::has_arrived(*working_, current))
            change.arrivals.files.push_back(index);
        if (file.naming && !current.naming) change.to_be_named.push_back(index);
        if (is_needless(file) && !is_needless(current)) change.needless.push_back(index);
        if (auto filled = job::missing(file.filled, current.filled); !filled.empty())
            change.arrivals.ranges[index] = std::move(filled);
        if (!file.removed) change.discarded += current.offset - std::min(current.offset, file.offset);
        change.restarted += file.restarts > current.restarts;
        auto former = std::exchange(current, std::move(file));
        if (index < durable_count_) durable_files_.try_emplace(index, std::move(former));
        cursor = std::min<size_t>(cursor, index);
        note_waiting(index);
    }
    if (other_sources) note_sources();
    return change;
}

void JobRecord::make_durable() {
    durable_ = working_;
    for (const auto& [index, former] : durable_files_) {
        sums_.take(former);
        sums_.add(files_[index]);
    }
    for (size_t i = durable_count_; i < files_.size(); ++i)
        sums_.add(files_[i]);
    durable_files_.clear();
    durable_count_ = static_cast<uint32_t>(files_.size());
}

void JobRecord::roll_back() {
    working_ = durable_;
    for (auto& [index, file] : durable_files_) {
        files_[index] = std::move(file);
        cursor = std::min<size_t>(cursor, index);
        note_waiting(index);
    }
    durable_files_.clear();
    files_.resize(durable_count_);
    waiting_.erase(waiting_.lower_bound(durable_count_), waiting_.end());
    note_sources();
}

uint64_t JobRecord::memory_size() const {
    auto text = job::memory_size(working());
    for (const auto& file : files_)
        text += job::memory_size(file);
    return text;
}

uint64_t JobRecord::memory_size_of(const std::map<uint32_t, job::File>& files) const {
    auto text = job::memory_size(working());
    for (const auto& [index, file] : files)
        if (index < files_.size()) text += job::memory_size(files_[index]);
    return text;
}

void JobRecord::note_waiting(uint32_t index) {
    const auto& file = files_[index];
    if (!file.failed && (job::is_waiting(file) || file.clocks.stalled_since))
        waiting_.insert(index);
    else
        waiting_.erase(index);
}

void JobRecord::note_sources() {
    reach = job::Reach::Machine;
    for (const auto& file : files_)
        if (!file.removed)
            reach = std::max(reach, job::reach_of(file.spec, working_->http.proxy, environment_proxies()));
}

uint64_t transferred_of(const JobRecord& record, uint32_t index) {
    const auto& file = record.durable_file(index);
    auto transfer = record.transfers.find(index);
    if (transfer == record.transfers.end() || file.removed) return file.offset;
    return std::max(file.offset, transfer->second.before + transfer->second.moved);
}

Tally tally_of(const JobRecord& record) {
    const auto& sums = record.sums();
    Tally tally{sums.unsized > 0 ? job::UnknownSize : sums.known, sums.stored};
    for (const auto& [index, transfer] : record.transfers)
        if (index < record.durable_file_count())
            tally.transferred += transferred_of(record, index) - record.durable_file(index).offset;
    return tally;
}

uint64_t rate_of(const JobRecord& record, const job::Job& job) {
    return job::is_running(job.state) ? record.rate : 0;
}

bool yields_of(const JobRecord& record, const job::Job& job) {
    return job::is_running(job.state) && record.yields;
}

uint64_t note_bytes(JobRecord& record, ActiveTransfer& transfer, uint64_t moved, BootTime now) {
    if (moved <= transfer.seen) return 0;
    auto fresh = moved - std::exchange(transfer.seen, moved);
    transfer.flow.add(now, fresh);
    record.flow.add(now, fresh);
    return fresh;
}

} // namespace haulier::daemon
