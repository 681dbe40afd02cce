// SPDX-License-Identifier: LGPL-2.1-or-later
// What the daemon announces, and whether it is so.
#include "witness.hpp"

#include "job/file_state.hpp"
#include "owed.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::simulation {

using daemon::JobRecord;
using job::NotificationKind;
using job::State;

namespace {

bool is_legal(State before, State after) {
    if (before == after) return true;
    return std::any_of(job::AllEvents.begin(), job::AllEvents.end(), [&](job::Event first) {
        auto middle = job::next(before, first);
        if (!middle) return false;
        if (*middle == after) return true;
        // Decisions that consist of two events.
        bool completes = first == job::Event::AllTransferred && after == State::Publishing;
        bool undone = first == job::Event::PublishFailed && after == State::Error;
        bool found =
            first == job::Event::Resume && (after == State::Transferred || after == State::Publishing);
        bool settled = first == job::Event::RetryDue && after == State::TransientError;
        bool emptied = first == job::Event::Resume && after == State::Suspended;
        return completes || undone || found || settled || emptied;
    });
}

/// Whoever called Complete knows that the job is transferred, also if its last file arrives later.
bool was_completed_in_vain(const job::Job& before, const job::Job& after) {
    bool was_here = before.state == State::Publishing || before.state == State::Transferred;
    return was_here && after.state == State::Transferred;
}

} // namespace

void Witness::fault(const job::Id& id, const std::string& what) {
    world_.fault(fmt::format("job {}: {}", id.hex.substr(0, 8), what));
}

job::Job without_clocks(job::Job job) {
    job.clocks = {};
    return job;
}

void Witness::expect(Job& seen, const Event& event) {
    world_.note([&] {
        return fmt::format("{} owes event {}", seen.job.id.hex.substr(0, 8), static_cast<int>(event.first));
    });
    seen.owed[event] = {world_.bus.now, world_.bus.next_number()};
}

void Witness::added(const JobRecord& record) {
    if (!world_.acts()) return;
    const auto& job = record.durable();
    world_.note(
        [&] { return fmt::format("{} added, {}", job.id.hex.substr(0, 8), job::to_string(job.state)); });
    auto& seen = jobs[job.id];
    seen.job = without_clocks(job);
}

void Witness::removed(const JobRecord& record, std::string_view result) {
    if (!world_.acts()) return;
    const auto& job = record.durable();
    world_.note([&] { return fmt::format("{} removed: {}", job.id.hex.substr(0, 8), result); });
    auto& seen = jobs[job.id];
    if (!job::is_final(job.state)) fault(job.id, "it is removed before its end");
    if (seen.removed) fault(job.id, "it is removed twice");
    seen.removed = true;
    bool awaited = job.auto_complete && job.state == State::Acknowledged && seen.object;
    if (awaited && seen.owed.contains({NotificationKind::Transferred, job::NoFile}) &&
        has_present_object(seen) && !job.expired && seen.commands == 0)
        fault(job.id, "it is removed before its client was told");
    seen.owed.clear();
    if (job.state == State::Acknowledged) check_named(record);
}

/// Every finished file of a completed download has its name, the last one of each name.
void Witness::check_named(const JobRecord& record) {
    if (job::is_upload(record.durable().type)) return;
    for (uint32_t i = 0; i < record.durable_file_count(); ++i) {
        const auto& file = record.durable_file(i);
        if (!file.transferred || file.not_modified || file.removed) continue;
        if (!file.completed)
            fault(record.durable().id, fmt::format("file {} is complete and has not got its name", i));
        else if (!world_.disk.contains(file.spec.local))
            fault(record.durable().id, fmt::format("file {} is not there", i));
    }
}

void Witness::forgotten(const job::Id& id) {
    if (world_.acts() && !jobs[id].removed) fault(id, "it is forgotten before it is removed");
}

void Witness::changed(const job::Job& before, const job::Job& after) {
    if (!world_.acts()) return;
    world_.note([&] {
        return fmt::format("{} {} -> {} ({})", after.id.hex.substr(0, 8), static_cast<int>(before.state),
                           static_cast<int>(after.state), after.error ? after.error->message : "");
    });
    auto& seen = jobs[after.id];
    if (!is_legal(before.state, after.state))
        fault(after.id, fmt::format("state {} follows state {}", static_cast<int>(after.state),
                                    static_cast<int>(before.state)));
    follow(seen, before, after);
    seen.job = without_clocks(after);
    const auto* record = manager_->find(after.id);
    forget_lost_files(seen, [&](uint32_t index) {
        const auto& file = record->durable_file(index);
        return file.transferred && !file.removed;
    });
}

/// Of a file that its client has rejected, or that another user takes, nothing is told.
void Witness::forget_lost_files(Job& seen, const std::function<bool(uint32_t)>& is_here) {
    std::erase_if(seen.owed, [&](const auto& entry) {
        return entry.first.first == NotificationKind::FileTransferred && !is_here(entry.first.second);
    });
}

/// What becomes owed with a change, and what is no longer.
void Witness::follow(Job& seen, const job::Job& before, const job::Job& after) {
    if (after.owner != before.owner) {
        seen.owed.clear();
        seen.object.reset();
    }
    bool other_target = after.owner != before.owner || after.notify_service != before.notify_service;
    if (other_target) {
        seen.first_service_call = world_.bus.next_number();
        seen.last_failure = 0;
    }
    if (after.state == State::Cancelled) seen.owed.clear();
    const auto& flags = after.notify_flags;
    auto end = end_of(after);
    for (auto kind : {NotificationKind::Transferred, NotificationKind::Error}) {
        Event event{kind, job::NoFile};
        if (end != kind || !wants(flags, kind))
            seen.owed.erase(event);
        else if (end_of(before) != kind && !was_completed_in_vain(before, after))
            expect(seen, event);
        else if (end_of(before) == kind && !wants(before.notify_flags, kind))
            expect(seen, event);
    }
    if (!wants(flags, NotificationKind::FileTransferred))
        std::erase_if(seen.owed, [](const auto& entry) {
            return entry.first.first == NotificationKind::FileTransferred;
        });
}

void Witness::transfer_ended(const job::Job& job) {
    if (!world_.acts()) return;
    if (!end_of(job)) fault(job.id, "the end of its transfer is announced, and it has not ended");
}

void Witness::file_transferred(const JobRecord& record, uint32_t index) {
    if (!world_.acts()) return;
    const auto& job = record.durable();
    auto& seen = jobs[job.id];
    check_complete(record, index);
    bool wanted = wants(job.notify_flags, NotificationKind::FileTransferred) &&
                  wants(seen.job.notify_flags, NotificationKind::FileTransferred);
    if (wanted && record.durable_file(index).transferred)
        expect(seen, {NotificationKind::FileTransferred, index});
}

/// What is called transferred is here.
void Witness::check_complete(const JobRecord& record, uint32_t index) {
    const auto& job = record.durable();
    const auto& file = record.durable_file(index);
    if (!file.transferred || file.completed || job::is_upload(job.type)) return;
    auto local = world_.disk.find(job::temporary_path(job, file, index));
    if (local == world_.disk.end() || !local->second.complete)
        fault(job.id, fmt::format("file {} is called transferred, and is not here", index));
}

} // namespace haulier::simulation
