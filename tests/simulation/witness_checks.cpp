// SPDX-License-Identifier: LGPL-2.1-or-later
// What must be so when nothing is due, and in the end.
#include "job/conditions.hpp"
#include "job/file_state.hpp"
#include "witness.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::simulation {

using daemon::JobRecord;
using job::NotificationKind;
using job::State;
using std::chrono::seconds;

namespace {

/// Calls of one owner take turns, and names are asked for.
constexpr Usec Soon{5'000'000};
/// The longest pause between two looks at a disk, and the slow answers of a worker before and after it.
constexpr Usec NoticesDiskIn{130'000'000};
/// The longest pause after the store has failed.
constexpr Usec NoticesStoreIn{70'000'000};

std::string describe(const JobRecord& record) {
    auto text = fmt::format("files {} of {}, on demand {}, priority {}, transfers {}, next file {}",
                            record.durable().files_transferred, record.durable().files_total,
                            record.durable().on_demand, static_cast<int>(record.durable().priority),
                            record.transfers.size(), record.next_file.is_set());
    for (const auto& file : record.working_files())
        text += fmt::format("; offset {} of {}, transferred {}, failed {}, failures {}, wait {}, date {}",
                            file.offset, file.total, file.transferred, file.failed, file.failures,
                            static_cast<int>(file.wait),
                            file.clocks.retry_at ? file.clocks.retry_at->since_boot.count() : 0);
    return text;
}

} // namespace

void Witness::check_quiet() {
    if (!manager_ || !world_.faults.empty()) return;
    for (auto& [id, seen] : jobs)
        if (!seen.owed.empty()) check_prompt(id, seen);
    check_transfers();
    if (is_ending) return;
    if (world_.bus.now < store_works_since + NoticesStoreIn) return;
    for (const auto* record : manager_->list())
        check_record(*record);
    check_slots();
}

void Witness::check_record(const JobRecord& record) {
    const auto& job = record.durable();
    auto faults = world_.faults.size();
    check_wait(record, job::wait_reason(job, world_.now().wall));
    if (job::is_active(job.state) && !manager_->has_work())
        fault(job.id, "it is active, and there is no work");
    if (!record.counted || record.counted->owner != job.owner)
        fault(job.id, "it is counted for another owner");
    if (world_.faults.size() > faults) world_.note([&] { return describe(record); });
}

void Witness::check_wait(const JobRecord& record, const job::WaitReason& reason) {
    const auto& job = record.durable();
    const auto& word = reason.word;
    auto cause = job::blocked_by(job, record.reach, manager_->conditions());
    auto now = world_.now();
    bool is_away = config_.require_login && !active_users.contains(job.owner);
    if (word == "running") {
        if (cause) fault(job.id, "it runs, and the environment does not allow that");
        if (is_away) fault(job.id, "it runs, and its owner is not there");
        bool is_named = !record.namings.empty();
        if (record.transfers.empty() && job.http.method.empty() && !is_named)
            fault(job.id, "it runs, and nothing of it moves");
    }
    check_held(record, reason);
    if (word == "turn") check_turn(record);
    if (word == "retry-delay" || word == "host") check_date(job, reason);
    if (word == "network" && cause != job::Cause::NetworkLost)
        fault(job.id, "it waits for a network that is there");
    if (word == "cost" && cause != job::Cause::BlockedByCost)
        fault(job.id, "it waits, and the network is cheap");
    if (word == "power" && cause != job::Cause::BlockedByPower)
        fault(job.id, "it waits for power that is there");
    if (word == "not-before" && job.not_before <= now.wall)
        fault(job.id, "it waits for a date that has gone by");
    if (word == "login" && !is_away) fault(job.id, "it waits for an owner who is there");
    bool is_idle = !workers_->has_open_requests();
    if (word == "completing" && is_idle) fault(job.id, "it is being completed, and nothing happens");
    auto storage_works_since = std::max(disk_works_since, store_works_since);
    if (word == "storage" && !world_.disk_is_full && now.boot > storage_works_since + NoticesDiskIn)
        fault(job.id, "it waits for a disk that works");
    if (word == "empty" && job::listed_files(job) > 0) fault(job.id, "it is called empty, and has files");
}

void Witness::check_held(const JobRecord& record, const job::WaitReason& reason) {
    const auto& job = record.durable();
    auto until = job::held_until(manager_->holds(), job.owner);
    bool runs = job::is_running(job.state);
    if (runs && until && job.http.method.empty()) fault(job.id, "it runs, and is held");
    if (job::is_active(job.state) && !runs && until && reason.word != "held")
        fault(job.id, fmt::format("it is held, and waits for {}", reason.word));
    if (reason.word == "held" && until != reason.until)
        fault(job.id, "it waits for a hold that is not there");
}

void Witness::check_date(const job::Job& job, const job::WaitReason& reason) {
    if (clock_has_jumped) return;
    if (reason.until + Usec{1000} < world_.now().wall)
        fault(job.id, "it waits for a retry date that has gone by");
    if (reason.until > world_.now().wall + std::chrono::hours{25})
        fault(job.id, "its retry date is too far away");
}

/// A job in the queue waits for others: for their slots, or their connections.
void Witness::check_turn(const JobRecord& record) {
    const auto& job = record.durable();
    if (record.changing_owner || job.priority == job::Priority::Foreground) return;
    uint32_t running = 0;
    for (const auto* other : manager_->list()) {
        const auto& theirs = other->durable();
        if (theirs.priority == job::Priority::Foreground) continue;
        running += job::is_running(theirs.state) ? 1 : 0;
        bool comes_first = theirs.owner == job.owner && theirs.priority < job.priority &&
                           (job::is_running(theirs.state) || theirs.state == State::Queued);
        if (comes_first) return;
    }
    bool is_served = std::any_of(workers_->transfers().begin(), workers_->transfers().end(),
                                 [&](const auto& entry) { return entry.second.owner == job.owner; });
    if (running < config_.jobs_at_once && !is_served)
        fault(job.id, "it waits for its turn, and a slot is free");
}

void Witness::check_transfers() {
    for (const auto& [ticket, transfer] : workers_->transfers()) {
        bool has_ended = transfer.begun && transfer.moved >= transfer.length; // and says so in a moment
        if (transfer.halting || has_ended || transfer.job == job::Id{}) continue;
        const auto* record = manager_->find(transfer.job);
        if (!record || !job::is_running(record->durable().state))
            fault(transfer.job, "a file is being fetched, and it does not run");
    }
}

void Witness::check_slots() {
    uint32_t background = 0;
    std::map<uint32_t, uint32_t> foreground;
    std::map<uint32_t, uint32_t> counts;
    for (const auto* record : manager_->list()) {
        const auto& job = record->durable();
        ++counts[job.owner];
        if (!job::is_running(job.state)) continue;
        if (job.priority == job::Priority::Foreground)
            ++foreground[job.owner];
        else
            ++background;
    }
    if (background > config_.jobs_at_once) world_.fault("too many jobs run");
    for (const auto& [owner, count] : foreground)
        if (count > config_.foreground_jobs) world_.fault("too many jobs of one owner run in the foreground");
    for (const auto& [owner, count] : counts) {
        if (count > config_.limits.jobs_per_user) world_.fault("an owner has too many jobs");
        if (count != manager_->count(owner)) world_.fault("the jobs of an owner are counted wrongly");
    }
}

/// Its service does not run, works when it is started, and was not started in vain.
bool Witness::is_startable(const Job& seen) const {
    const auto& name = seen.job.notify_service.name;
    auto service = world_.bus.services.find(name);
    return service != world_.bus.services.end() && service->second.launch == notify::Launch::Works &&
           service->second.manner == notify::Manner::Accepts && !service->second.is_starting &&
           !starts_in_vain_.contains({seen.job.owner, name});
}

/// A program that has always behaved well is told at once, as an object or as a service that runs.
void Witness::check_prompt(const job::Id& id, Job& seen) {
    if (world_.bus.now < store_works_since + NoticesStoreIn) return;
    if (seen.object && !has_present_object(seen)) {
        seen.object.reset();
        seen.object_since = world_.bus.now; // from now on, its service is called
    }
    auto since = std::max(attached_at_, seen.object_since);
    auto program = has_present_object(seen) ? seen.object->destination : std::string{};
    if (program.empty()) {
        const auto& name = seen.job.notify_service.name;
        program = world_.bus.owner_of(name);
        auto& known = owners_[name];
        if (known.first != program) known = {program, world_.bus.now};
        since = std::max(since, known.second);
        if (seen.last_failure > 0 || seen.open_call > 0) return;
        since = std::max(since, seen.called_until);
        if (program.empty()) since = std::max(since, services_changed_at);
    }
    if (program.empty() ? !is_startable(seen) : !is_healthy(program)) return;
    // Its finished files are given their names first.
    bool is_held = seen.job.auto_complete && seen.job.state == State::Error && workers_->has_open_requests();
    if (is_held) return;
    for (const auto& [event, owed] : seen.owed) {
        if (world_.bus.now <= std::max(owed.since, since) + Soon) continue;
        fault(id, fmt::format("{} is not told of event {} for {} ms", program, static_cast<int>(event.first),
                              (world_.bus.now - std::max(owed.since, since)).count() / 1000));
        return;
    }
}

void Witness::check_end() {
    for (const auto& [id, seen] : jobs)
        if (!seen.removed) check_final(id, seen);
}

void Witness::check_files() {
    for (const auto& [path, file] : world_.disk) {
        auto begin = path.find(".haulier-");
        if (begin == std::string::npos || world_.left_behind.contains(path)) continue;
        auto owner = jobs.find(job::Id{path.substr(begin + 9, 32)});
        if (owner == jobs.end() || owner->second.removed) world_.fault("a temporary file is left: " + path);
    }
}

void Witness::check_final(const job::Id& id, const Job& seen) {
    const auto* record = manager_ ? manager_->find(id) : nullptr;
    const auto& job = record ? record->durable() : seen.job;
    bool has_target = !job.notify_service.name.empty() || has_present_object(seen);
    if (!seen.owed.empty() && has_target)
        fault(id, fmt::format("event {} is never told", static_cast<int>(seen.owed.begin()->first.first)));
    if (!manager_) {
        if (job::is_active(job.state)) fault(id, "it is active, and the daemon is not started for it");
        return;
    }
    auto reason = job::wait_reason(job, world_.now().wall);
    bool may_wait = reason.word == "not-before" || reason.word == "foreground-only";
    if (job::is_active(job.state) && !may_wait)
        fault(id, fmt::format("it never ends, and waits for {}", reason.word));
    if (job.state == State::Publishing) fault(id, "it is never completed");
}

} // namespace haulier::simulation
