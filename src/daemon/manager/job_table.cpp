// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/job_table.hpp"

#include "job/memory_usage.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::daemon {

namespace {

uint64_t memory_size(const job::Decision& decision) {
    auto text = job::memory_size(decision.job);
    for (const auto& [index, file] : decision.files)
        text += job::memory_size(file);
    return text;
}

bool is_work(const JobRecord& record) {
    auto state = record.durable().state;
    bool ending = job::is_final(state) && record.phase != Phase::Removed;
    return job::is_active(state) || state == job::State::Publishing || ending;
}

/// A failed job waits for Resume or Cancel. One that is transferred and names no service that is started for
/// it waits for whoever remembers it.
bool needs_someone(const job::Job& job) {
    return job.state == job::State::Error ||
           (job.state == job::State::Transferred && job.notify_service.name.empty());
}

bool is_of_app(const JobRecord& record, uint32_t owner, const std::string& app) {
    return record.counted && record.durable().owner == owner && job::belongs_to(record.durable(), app);
}

} // namespace

Error not_found(const job::Id& id) {
    return {Errc::NotFound, fmt::format("there is no job {}", id.hex)};
}

JobRecord* JobTable::find(const job::Id& id) {
    auto found = records_.find(id);
    return found == records_.end() ? nullptr : found->second.get();
}

const JobRecord* JobTable::find(const job::Id& id) const {
    auto found = records_.find(id);
    return found == records_.end() ? nullptr : found->second.get();
}

const JobRecord* JobTable::find_key(const KeyName& name) const {
    auto found = keys_.find(name);
    return found == keys_.end() ? nullptr : found->second;
}

void JobTable::reserve(size_t jobs) {
    records_.reserve(jobs);
    touched_.reserve(jobs);
    by_age_.reserve(jobs);
}

JobRecord& JobTable::restore(job::Job job, std::vector<job::File> files) {
    auto& place = records_[job.id];
    place = std::make_unique<JobRecord>(std::move(job), std::move(files));
    auto& record = *place;
    record.queued_since = next_in_queue();
    book(record, record.memory_size());
    note_key(record);
    count_durable(record);
    touched_.insert(record.working().id);
    return record;
}

void JobTable::erase(const job::Id& id) {
    auto found = records_.find(id);
    auto& record = *found->second;
    usage_.book(record.charge, {});
    forget_key(record);
    uncount(record);
    if (record.is_listed) delist(record);
    changing_.erase(id);
    touched_.insert(id);
    records_.erase(found);
}

std::vector<job::Id> JobTable::take_touched() {
    auto touched = std::exchange(touched_, {});
    return {touched.begin(), touched.end()};
}

std::vector<const JobRecord*> JobTable::list(bool with_ended) const {
    std::vector<const JobRecord*> jobs;
    for (const auto* record : by_age_)
        if (record->counted || with_ended) jobs.push_back(record);
    return jobs;
}

uint32_t JobTable::count(uint32_t owner) const {
    auto found = totals_.find(owner);
    return found == totals_.end() ? 0 : found->second.jobs;
}

void JobTable::add(Activity& sum, const Totals& totals) {
    sum.known += totals.known;
    sum.stored += totals.stored;
    sum.running += static_cast<uint32_t>(totals.running.size());
    sum.needing_someone += totals.needing_someone;
    for (const auto* record : totals.running) {
        sum.stored += tally_of(*record).transferred - record->sums().stored;
        sum.rate += record->rate;
    }
}

Activity JobTable::activity(std::optional<uint32_t> owner) const {
    Activity sum;
    for (const auto& [uid, totals] : totals_)
        if (!owner || *owner == uid) add(sum, totals);
    return sum;
}

uint32_t JobTable::count_of_app(uint32_t owner, const std::string& app) const {
    return static_cast<uint32_t>(std::count_if(by_age_.begin(), by_age_.end(), [&](const JobRecord* record) {
        return is_of_app(*record, owner, app);
    }));
}

Activity JobTable::activity_of_app(uint32_t owner, const std::string& app) const {
    Totals totals;
    for (const auto* record : by_age_)
        if (is_of_app(*record, owner, app)) include(totals, *record);
    Activity sum;
    add(sum, totals);
    return sum;
}

JobChange JobTable::replace(job::Decision decision) {
    auto& place = records_[decision.job.id];
    bool is_new = !place;
    if (is_new) place = std::make_unique<JobRecord>();
    auto& record = *place;
    bool was_queued = !is_new && record.working().state == job::State::Queued;
    auto untouched = is_new ? 0 : record.charge.load.text - record.memory_size_of(decision.files);
    auto text = untouched + memory_size(decision);
    auto change = record.replace(std::move(decision));
    const auto& job = record.working();
    if (job.state == job::State::Queued && !was_queued) record.queued_since = next_in_queue();
    book(record, text);
    note_key(record);
    changing_.insert(job.id);
    touched_.insert(job.id);
    return change;
}

void JobTable::make_durable() {
    for (const auto& id : std::exchange(changing_, {})) {
        auto& record = *records_.at(id);
        record.make_durable();
        count_durable(record);
        touched_.insert(id);
    }
}

void JobTable::roll_back() {
    for (const auto& id : std::exchange(changing_, {})) {
        auto& record = *records_.at(id);
        if (!record.is_durable()) {
            erase(id);
            continue;
        }
        record.roll_back();
        book(record, record.memory_size());
        note_key(record);
        touched_.insert(id);
    }
}

void JobTable::book(JobRecord& record, uint64_t text) {
    const auto& job = record.working();
    Charge now{job.owner, {job::is_final(job.state) ? 0U : 1U, text}};
    usage_.book(record.charge, now);
    record.charge = now;
}

/// If a commit fails, a job that had ended may have its key again, which another job got meanwhile and has
/// lost.
void JobTable::note_key(JobRecord& record) {
    forget_key(record);
    const auto& job = record.working();
    if (job.key.empty() || job::is_final(job.state)) return;
    record.key_name = {job.owner, job.grants ? job.app_id : "", job.key};
    keys_[record.key_name] = &record;
}

void JobTable::forget_key(JobRecord& record) {
    auto name = std::exchange(record.key_name, {});
    if (name.key.empty()) return;
    auto found = keys_.find(name);
    if (found != keys_.end() && found->second == &record) keys_.erase(found);
}

/// Mostly it is the newest.
void JobTable::enlist(const JobRecord& record) {
    bool is_newest = by_age_.empty() || IsOlder{}(by_age_.back(), &record);
    auto next =
        is_newest ? by_age_.end() : std::upper_bound(by_age_.begin(), by_age_.end(), &record, IsOlder{});
    by_age_.insert(next, &record);
}

void JobTable::delist(const JobRecord& record) {
    by_age_.erase(std::lower_bound(by_age_.begin(), by_age_.end(), &record, IsOlder{}));
}

void JobTable::count_durable(JobRecord& record) {
    uncount(record);
    const auto& job = record.durable();
    if (!std::exchange(record.is_listed, true)) enlist(record);
    record.counts_as_work = is_work(record);
    work_ += record.counts_as_work;
    if (job::is_final(job.state)) return;
    record.counted = contribution_of(record);
    include(totals_[job.owner], record);
    ++count_;
}

void JobTable::include(Totals& totals, const JobRecord& record) {
    totals.jobs += 1;
    totals.known += record.counted->known;
    totals.stored += record.counted->stored;
    totals.needing_someone += record.counted->needs_someone;
    if (record.counted->runs) totals.running.insert(&record);
}

Contribution JobTable::contribution_of(const JobRecord& record) const {
    const auto& job = record.durable();
    if (job.visibility.value_or(usual_visibility_) == job::Visibility::Hidden) return {.owner = job.owner};
    bool active = job::is_active(job.state);
    return {job.owner, active ? record.sums().known : 0, active ? record.sums().stored : 0,
            job::is_running(job.state), needs_someone(job)};
}

void JobTable::note_removed(JobRecord& record) {
    record.phase = Phase::Removed;
    work_ -= std::exchange(record.counts_as_work, false);
}

void JobTable::uncount(JobRecord& record) {
    work_ -= std::exchange(record.counts_as_work, false);
    if (!record.counted) return;
    auto owner = totals_.find(record.counted->owner);
    auto& totals = owner->second;
    totals.known -= record.counted->known;
    totals.stored -= record.counted->stored;
    totals.needing_someone -= record.counted->needs_someone;
    totals.running.erase(&record);
    if (--totals.jobs == 0) totals_.erase(owner);
    --count_;
    record.counted.reset();
}

} // namespace haulier::daemon
