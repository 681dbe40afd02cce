// SPDX-License-Identifier: LGPL-2.1-or-later
// Whose turn it is, whom the surroundings stop, and which files are moved next.
#include "daemon/manager.hpp"

#include "base/log.hpp"
#include "daemon/orders.hpp"

namespace haulier::daemon {

void Manager::schedule_soon() {
    if (!schedule_ && !leave_ && !again_) schedule_ = loop_.defer([this] { schedule(); });
}

void Manager::schedule() {
    schedule_.reset();
    auto now = clock_.now();
    auto turns = take_turns(now);
    for (const auto& id : turns.yield)
        stage(job::interrupted(*latest(id), now));
    for (const auto& id : turns.grant)
        stage(job::granted(*latest(id), now));
    slice_.reset();
    if (turns.look_again) slice_ = loop_.at(*turns.look_again, [this] { schedule_soon(); });
    // Who is being decided about is filled when that is durable.
    for (auto& [id, entry] : entries_)
        if (job::is_running(entry->job.state) && !ledger_.staged_job(id)) fill(*entry);
}

/// What this turn has decided already counts, though it is not durable yet.
job::Turns Manager::take_turns(Now now) {
    std::vector<job::Waiting> waiting;
    std::vector<job::Running> running;
    for (const auto& [id, entry] : entries_) {
        const auto* staged = ledger_.staged_job(id);
        const auto& job = staged ? *staged : entry->job;
        if (!staged && (heed_login(*entry, now) || heed_surroundings(*entry, now))) continue;
        if (job::is_running(job.state)) running.push_back(job::as_running(job));
        bool waits = !staged && !entry->changing_hands && job.state == job::State::Queued;
        if (waits && job::readiness(job, now.wall) == job::Readiness::Ready)
            waiting.push_back(job::as_waiting(job, entry->queued_since));
    }
    job::SchedulePolicy policy{config_.jobs_at_once, config_.time_slice, config_.foreground_jobs};
    auto turns =
        job::take_turns(std::move(waiting), std::move(running), policy, now.boot, std::move(served_));
    served_ = turns.served;
    return turns;
}

/// Stops a job that may not run now, and queues one that may again; true when it did either.
bool Manager::heed_surroundings(const Entry& entry, Now now) {
    const auto& job = entry.job;
    auto cause = job::blocked_by(job, entry.needs_network, conditions_);
    std::optional<job::Decision> decision;
    if (cause)
        decision = job::blocked(job, *cause, now);
    else if (job::is_blocked(job))
        decision = job::retry_due(job, now);
    if (!decision) return false;
    stage(std::move(decision));
    return true;
}

/// The owner of a session has logged in to it.
bool Manager::heed_login(const Entry& entry, Now now) {
    auto owner = entry.job.owner;
    bool away = config_.require_login && instance_ == Instance::System && job::can_log_in(owner) &&
                users_.count(owner) == 0;
    auto decision = job::owner_is(entry.job, away, now);
    bool changes = decision.has_value();
    stage(std::move(decision));
    return changes;
}

void Manager::users_are(std::set<uint32_t> users) {
    users_ = std::move(users);
    schedule_soon();
}

void Manager::surroundings_changed(const job::Conditions& conditions) {
    bool was_online = std::exchange(conditions_, conditions).online;
    if (conditions.online != was_online)
        log::info(conditions.online ? "there is a network" : "there is no network");
    announcer_->conditions_changed();
    stirred_();
    // All that wait, whatever for: what failed may have failed because the network was going (BITS 2.3).
    if (conditions.online && !was_online)
        for (const auto& [id, entry] : entries_)
            stage(job::retry_due(*latest(id), clock_.now()));
    schedule_soon();
}

/// Starts as many files of a running job as may be in flight.
void Manager::fill(Entry& entry) {
    auto& files = entry.files;
    while (entry.cursor < files.size() && files[entry.cursor].transferred)
        ++entry.cursor;
    // A limit is the job's, and a worker can only keep it for one file.
    size_t most = entry.job.bandwidth_limit > 0 ? 1 : config_.files_at_once;
    for (size_t i = entry.cursor; i < files.size() && entry.flights.size() < most; ++i) {
        auto index = static_cast<uint32_t>(i);
        // A file whose news of this turn is not durable yet waits for the next.
        if (!ledger_.staged_file(entry.job.id, index) && wants_transfer(entry, index)) launch(entry, index);
    }
    if (entry.flights.empty()) stage(job::settled(entry.job, files, clock_.now()));
}

void Manager::launch(Entry& entry, uint32_t index) {
    auto owner = entry.job.owner;
    Flight flight;
    if (job::is_upload(entry.job.type)) {
        flight.ticket = crew_.upload(owner, upload_order(entry, index));
        flight.owner = owner;
        flight.moved = entry.files[index].offset;
    } else {
        auto order = fetch_order(entry, index);
        flight = flight_of(entry, order, crew_.fetch(owner, order));
    }
    flown_[flight.ticket] = {entry.job.id, index};
    entry.flights[index] = std::move(flight);
}

} // namespace haulier::daemon
