// SPDX-License-Identifier: LGPL-2.1-or-later
// Whose turn it is, whom the environment stop, and which files are moved next.
#include "daemon/manager/manager.hpp"

#include "base/log.hpp"
#include "daemon/manager/transfer_orders.hpp"

namespace haulier::daemon {

void Manager::schedule_soon() {
    if (!schedule_ && !leave_ && !again_) schedule_ = loop_.defer([this] { schedule(); });
}

void Manager::schedule() {
    schedule_.reset();
    auto now = clock_.now();
    auto turns = take_turns(now);
    for (const auto& id : turns.preempt)
        stage(job::interrupted(*latest(id), now));
    for (const auto& id : turns.grant)
        stage(job::granted(*latest(id), now));
    slice_.reset();
    if (turns.next_deadline) slice_ = loop_.at(*turns.next_deadline, [this] { schedule_soon(); });
    // Who is being decided about is filled when that is durable.
    for (auto& [id, entry] : jobs_)
        if (job::is_running(entry->job.state) && !commits_.staged_job(id)) fill(*entry);
}

/// What this turn has decided already counts, though it is not durable yet.
job::Schedule Manager::take_turns(Now now) {
    std::vector<job::Waiting> waiting;
    std::vector<job::Running> running;
    for (const auto& [id, entry] : jobs_) {
        const auto* staged = commits_.staged_job(id);
        const auto& job = staged ? *staged : entry->job;
        if (!staged && (apply_login_policy(*entry, now) || apply_environment(*entry, now))) continue;
        if (job::is_running(job.state)) running.push_back(job::as_running(job));
        bool waits = !staged && !entry->changing_hands && job.state == job::State::Queued;
        if (waits && job::readiness(job, now.wall) == job::Readiness::Ready)
            waiting.push_back(job::as_waiting(job, entry->queued_since));
    }
    job::SchedulePolicy policy{config_.jobs_at_once, config_.time_slice, config_.foreground_jobs};
    auto turns = job::schedule(std::move(waiting), std::move(running), policy, now.boot, std::move(served_));
    served_ = turns.served;
    return turns;
}

/// Stops a job that may not run now, and queues one that may again; true when it did either.
bool Manager::apply_environment(const JobRecord& entry, Now now) {
    const auto& job = entry.job;
    auto cause = job::blocked_by(job, entry.needs_network, conditions_);
    std::optional<job::Decision> decision;
    if (cause)
        decision = job::blocked(job, *cause, now);
    else if (job.state == job::State::Blocked)
        decision = job::retry_due(job, now);
    if (!decision) return false;
    stage(std::move(decision));
    return true;
}

/// The owner of a session has logged in to it.
bool Manager::apply_login_policy(const JobRecord& entry, Now now) {
    auto owner = entry.job.owner;
    bool away = config_.require_login && instance_ == Instance::System && job::can_log_in(owner) &&
                users_.count(owner) == 0;
    auto decision = job::owner_is(entry.job, away, now);
    bool changes = decision.has_value();
    stage(std::move(decision));
    return changes;
}

void Manager::set_active_users(std::set<uint32_t> users) {
    users_ = std::move(users);
    schedule_soon();
}

void Manager::environment_changed(const job::Conditions& conditions) {
    bool was_online = std::exchange(conditions_, conditions).online;
    if (conditions.online != was_online)
        log::info(conditions.online ? "there is a network" : "there is no network");
    observer_->conditions_changed();
    on_activity_();
    // All that wait, whatever for: what failed may have failed because the network was going (BITS 2.3).
    if (conditions.online && !was_online)
        for (const auto& [id, entry] : jobs_)
            stage(job::retry_due(*latest(id), clock_.now()));
    schedule_soon();
}

/// Starts as many files of a running job as may be in transfer.
void Manager::fill(JobRecord& entry) {
    auto& files = entry.files;
    while (entry.cursor < files.size() && files[entry.cursor].transferred)
        ++entry.cursor;
    // A limit is the job's, and a worker can only keep it for one file.
    size_t most = entry.job.bandwidth_limit > 0 ? 1 : config_.files_at_once;
    for (size_t i = entry.cursor; i < files.size() && entry.transfers.size() < most; ++i) {
        auto index = static_cast<uint32_t>(i);
        // A file whose news of this turn is not durable yet waits for the next.
        if (!commits_.staged_file(entry.job.id, index) && wants_transfer(entry, index)) launch(entry, index);
    }
    if (entry.transfers.empty()) stage(job::settled(entry.job, files, clock_.now()));
}

void Manager::launch(JobRecord& entry, uint32_t index) {
    auto owner = entry.job.owner;
    ActiveTransfer transfer;
    if (job::is_upload(entry.job.type)) {
        transfer.ticket = workers_.upload(owner, upload_order(entry, index));
        transfer.owner = owner;
        transfer.moved = entry.files[index].offset;
    } else {
        auto order = fetch_order(entry, index);
        transfer = transfer_of(entry, order, workers_.fetch(owner, order));
    }
    transfer_keys_[transfer.ticket] = {entry.job.id, index};
    entry.transfers[index] = std::move(transfer);
}

} // namespace haulier::daemon
