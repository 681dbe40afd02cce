// SPDX-License-Identifier: LGPL-2.1-or-later
// What the daemon announces, orders and tells, and whether it is so.
#include "witness.hpp"

#include "job/file_state.hpp"
#include "job/outcomes.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::simulation {

using daemon::JobRecord;
using job::NotificationKind;
using job::State;
using std::chrono::seconds;

namespace {

bool wants(const job::NotifyFlags& flags, NotificationKind kind) {
    if (flags.disable) return false;
    switch (kind) {
    case NotificationKind::Transferred: return flags.transferred;
    case NotificationKind::Error: return flags.error;
    case NotificationKind::FileTransferred: return flags.file_transferred;
    }
    return false;
}

/// The end of its work of which a job in this state is to tell; not one that has got more files since.
std::optional<NotificationKind> end_of(const job::Job& job) {
    bool is_whole = job.files_transferred == job.files_total;
    if (job.state == State::Transferred && is_whole) return NotificationKind::Transferred;
    if (job.state == State::Error) return NotificationKind::Error;
    if (job.state == State::Acknowledged && job::completes_itself(job)) return NotificationKind::Transferred;
    return std::nullopt;
}

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
        return completes || undone || found || settled;
    });
}

job::Job without_clocks(job::Job job) {
    job.clocks = {};
    return job;
}

/// Whoever called Complete knows that the job is transferred, also if its last file arrives later.
bool was_completed_in_vain(const job::Job& before, const job::Job& after) {
    bool was_here = before.state == State::Publishing || before.state == State::Transferred;
    return was_here && after.state == State::Transferred;
}

/// The parts that no start of the daemon derives anew.
bool is_same(const job::File& a, const job::File& b) {
    return a.spec == b.spec && a.total == b.total && a.offset == b.offset && a.validators == b.validators &&
           a.inode == b.inode && a.transferred == b.transferred && a.completed == b.completed &&
           a.failed == b.failed && a.failures == b.failures && a.wanted == b.wanted && a.filled == b.filled &&
           a.validation == b.validation && a.error == b.error && a.wait == b.wait;
}

/// A later file of the job gets the same name, so this one was deleted.
bool has_lost_name(const JobRecord& record, uint32_t index) {
    const auto& name = record.durable_file(index).spec.local;
    for (uint32_t i = index + 1; i < record.durable_file_count(); ++i)
        if (record.durable_file(i).transferred && record.durable_file(i).spec.local == name) return true;
    return false;
}

std::optional<Witness::Event> event_of(const notify::Content& content) {
    if (std::holds_alternative<notify::JobTransferred>(content))
        return Witness::Event{NotificationKind::Transferred, job::NoFile};
    if (std::holds_alternative<notify::JobFailed>(content))
        return Witness::Event{NotificationKind::Error, job::NoFile};
    if (const auto* file = std::get_if<notify::FileTransferred>(&content))
        return Witness::Event{NotificationKind::FileTransferred, file->file};
    return std::nullopt;
}

} // namespace

void Witness::fault(const job::Id& id, const std::string& what) {
    world_.fault(fmt::format("job {}: {}", id.hex.substr(0, 8), what));
}

// ---- a run of the daemon ----

void Witness::attach(daemon::Manager& manager, SimulatedWorkers& workers) {
    manager_ = &manager;
    workers_ = &workers;
    attached_at_ = world_.bus.now;
    is_ending = false;
    first_call_ = world_.bus.next_number();
}

void Witness::started() {
    if (world_.bus.now < store_works_since) return;
    for (const auto* record : manager_->list(true)) {
        auto& seen = jobs[record->durable().id];
        follow(seen, seen.job, record->durable());
        seen.job = without_clocks(record->durable());
    }
}

void Witness::detach() {
    manager_ = nullptr;
    workers_ = nullptr;
    for (auto& [id, seen] : jobs) {
        seen.object.reset();
        seen.open_call = 0;
    }
    forget_unstored_rests();
    // Whatever was in flight, its acknowledgement has not arrived.
    for (auto& [id, seen] : jobs)
        for (auto& [event, owed] : seen.owed)
            owed.first_call = world_.bus.next_number();
}

/// What was learnt last may not have been stored.
void Witness::forget_unstored_rests() {
    bool is_storing = world_.bus.now > store_works_since;
    for (auto& [host, rest] : rests_)
        if (rest.told_at + seconds{1} > world_.bus.now) rest.until = rest.until_before;
    std::erase_if(rests_,
                  [&](const auto& rest) { return !is_storing || rest.second.until <= world_.bus.now; });
}

std::vector<store::StoredJob> Witness::shown() const {
    std::vector<store::StoredJob> all;
    for (const auto* record : manager_->list()) {
        store::StoredJob one{without_clocks(record->durable()), {}};
        for (uint32_t i = 0; i < record->durable_file_count(); ++i) {
            one.files.push_back(record->durable_file(i));
            one.files.back().clocks = {};
        }
        all.push_back(std::move(one));
    }
    return all;
}

void Witness::check_stored(const std::vector<store::StoredJob>& stored,
                           const std::optional<std::vector<store::StoredJob>>& shown) {
    std::map<job::Id, const store::StoredJob*> by_id;
    for (const auto& one : stored)
        by_id[one.job.id] = &one;
    for (auto& [id, seen] : jobs) {
        auto found = by_id.find(id);
        if (seen.removed) continue;
        if (found == by_id.end()) {
            seen.removed = !shown && job::is_final(seen.job.state);
            if (!seen.removed) fault(id, "it is lost");
            seen.owed.clear();
            continue;
        }
        // What was committed last may not have been announced.
        auto before = seen.job;
        if (!(before == found->second->job) && !shown) {
            follow(seen, before, found->second->job);
            forget_lost_files(seen, [](uint32_t) { return false; });
        }
        seen.job = found->second->job;
        const auto& files = found->second->files;
        forget_lost_files(seen, [&](uint32_t index) { return files[index].transferred; });
    }
    for (const auto& one : stored)
        if (!jobs.contains(one.job.id)) jobs[one.job.id].job = one.job;
    if (!shown) return;
    for (const auto& one : *shown) {
        auto found = by_id.find(one.job.id);
        if (found == by_id.end())
            fault(one.job.id, "it was shown, and is not stored");
        else
            compare(one, *found->second);
    }
}

/// Clients are shown what is stored.
void Witness::compare(const store::StoredJob& shown, const store::StoredJob& stored) {
    const auto& id = shown.job.id;
    if (stored.job.state != shown.job.state)
        fault(id, fmt::format("it was shown as {}, and is stored as {}", static_cast<int>(shown.job.state),
                              static_cast<int>(stored.job.state)));
    if (!job::has_same_settings(shown.job, stored.job))
        fault(id, "its settings were shown otherwise than they are stored");
    bool are_same =
        std::equal(shown.files.begin(), shown.files.end(), stored.files.begin(), stored.files.end(), is_same);
    if (!are_same) fault(id, "its files were shown otherwise than they are stored");
}

// ---- announcements ----

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
        if (!file.transferred) continue;
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
    forget_lost_files(seen, [&](uint32_t index) { return record->durable_file(index).transferred; });
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

// ---- orders ----

void Witness::ordered(const SimulatedWorkers::Transfer& transfer) {
    if (transfer.job == job::Id{}) return;
    world_.note([&] {
        return fmt::format("{} fetch {} of {} from {}", transfer.job.hex.substr(0, 8), transfer.index,
                           transfer.url, transfer.moved);
    });
    const auto* record = manager_->find(transfer.job);
    if (!record) return fault(transfer.job, "a file of a job is fetched that does not exist");
    if (!job::is_running(record->durable().state))
        fault(transfer.job, "a file is fetched, and it does not run");
    if (record->durable().owner != transfer.owner) fault(transfer.job, "a file is fetched by a former owner");
    if (transfer.file.transferred && !transfer.sparse) fault(transfer.job, "a file is fetched that is here");
    auto answered = std::count_if(record->transfers.begin(), record->transfers.end(), [](const auto& entry) {
        return entry.second.answered && !entry.second.halting;
    });
    size_t most = record->durable().bandwidth_limit > 0 ? 1 : config_.files_at_once;
    if (static_cast<size_t>(answered) >= most)
        fault(transfer.job, "too many of its files are fetched at a time");
    check_rest(transfer, *record);
    check_offset(transfer);
}

/// A server that asks for no requests gets none, except one after Resume, or of a job in the foreground.
void Witness::check_rest(const SimulatedWorkers::Transfer& transfer, const JobRecord& record) {
    auto rest = rests_.find({transfer.owner, place_of(transfer.url).host});
    bool rests = rest != rests_.end() && rest->second.until > world_.bus.now;
    if (!rests || clock_has_jumped) return;
    bool is_resumed = std::exchange(jobs[transfer.job].may_ask, false);
    if (!is_resumed && record.durable().priority != job::Priority::Foreground)
        fault(transfer.job, fmt::format("a server is asked that wants to rest until {}",
                                        rest->second.until.since_boot.count()));
}

/// If the file has got its name and that could not be stored, the worker finds out.
void Witness::check_offset(const SimulatedWorkers::Transfer& transfer) {
    if (transfer.sparse || transfer.moved == 0 || world_.renamed.contains(transfer.path)) return;
    auto local = world_.disk.find(transfer.path);
    if (local == world_.disk.end() || local->second.durable < transfer.moved)
        fault(transfer.job, fmt::format("file {} continues behind its durable bytes", transfer.index));
    else if (transfer.file.validators.etag != fmt::format("\"{}\"", local->second.version))
        fault(transfer.job, fmt::format("file {} continues with another version", transfer.index));
}

void Witness::failed(const SimulatedWorkers::Transfer& transfer, const job::Failure& failure) {
    world_.note([&] {
        return fmt::format("{} file {} failed: {}", transfer.job.hex.substr(0, 8), transfer.index,
                           failure.error.message);
    });
    if (failure.retry_after.count() == 0) return;
    auto& rest = rests_[{transfer.owner, place_of(transfer.url).host}];
    auto until = world_.bus.now + std::min<Usec>(failure.retry_after, job::LongestRest);
    if (until <= rest.until) return;
    rest = {world_.bus.now, until, rest.until};
}

// ---- notification ----

void Witness::sent(const notify::Delivery& delivery) {
    world_.note([&] {
        return fmt::format("{} tells {}{} ({})", delivery.job.hex.substr(0, 8), delivery.target.destination,
                           delivery.target.path, delivery.content.index());
    });
    const auto* record = manager_->find(delivery.job);
    auto event = event_of(delivery.content);
    if (!record) return fault(delivery.job, "its client is told of a job that does not exist");
    jobs[delivery.job].open_call = world_.bus.next_number();
    if (!event) return;
    const auto& job = record->durable();
    if (!wants(job.notify_flags, event->first))
        fault(delivery.job, "its client is told what it does not want");
    if (event->first != NotificationKind::FileTransferred) {
        if (end_of(job) != event->first) fault(delivery.job, "its client is told of an end that is not so");
        if (job.state == State::Acknowledged) check_named(*record);
        return;
    }
    const auto& file = record->durable_file(event->second);
    const auto& told = std::get<notify::FileTransferred>(delivery.content);
    if (!file.transferred) return fault(delivery.job, "its client is told of a file that is not here");
    if (job::is_upload(job.type) || job.state == State::Publishing) return;
    bool is_there = world_.disk.contains(told.temporary_name) || world_.disk.contains(file.spec.local);
    if (!is_there && !has_lost_name(*record, event->second))
        fault(delivery.job, "its client is told of a file that is not on disk");
}

void Witness::ended(const notify::FakeBus::Ended& call) {
    world_.note([&] {
        return fmt::format("{} told {} at {}: outcome {}", call.delivery.job.hex.substr(0, 8),
                           call.delivery.target.destination, call.receiver, static_cast<int>(call.outcome));
    });
    if (call.number < first_call_ || !manager_) return;
    auto found = jobs.find(call.delivery.job);
    auto event = event_of(call.delivery.content);
    if (found == jobs.end()) return;
    auto& seen = found->second;
    if (seen.open_call == call.number) {
        seen.open_call = 0;
        seen.called_until = world_.bus.now;
    }
    if (!event) return;
    // A client that was replaced meanwhile.
    bool to_service = call.delivery.target.kind == notify::Target::Kind::Service;
    if (to_service && call.number < seen.first_service_call) return;
    bool is_file = event->first == NotificationKind::FileTransferred;
    bool is_told =
        call.outcome == CallOutcome::Acknowledged || (is_file && call.outcome == CallOutcome::NoSuchMethod);
    auto service = seen.job.notify_service.name;
    if (to_service && is_told) starts_in_vain_.erase({seen.job.owner, service});
    if (to_service && !is_told && call.was_started) ++starts_in_vain_[{seen.job.owner, service}];
    if (!is_told) {
        if (to_service) seen.last_failure = call.number;
        return;
    }
    auto owed = seen.owed.find(*event);
    if (owed != seen.owed.end() && call.number >= owed->second.first_call) seen.owed.erase(owed);
    if (to_service && !has_present_object(seen)) {
        seen.object = notify::Target{call.receiver, call.delivery.target.path, notify::Target::Kind::Object};
        seen.object_since = world_.bus.now;
    }
}

void Witness::second_call(const std::string& receiver) {
    auto program = world_.bus.programs.find(receiver);
    // A service may still be started for a call of the last run.
    bool is_new = world_.bus.now < attached_at_ + seconds{1};
    if (program == world_.bus.programs.end() || is_new) return;
    const auto& open = program->second.open;
    bool is_ours = std::any_of(open.begin(), open.end(), [&](uint64_t call) { return call >= first_call_; });
    if (is_ours) world_.fault(receiver + " gets two calls at a time");
}

void Witness::registered(const job::Id& id, const std::optional<notify::Target>& object) {
    auto& seen = jobs[id];
    bool is_other = seen.object != object;
    seen.object = object;
    seen.object_since = world_.bus.now;
    if (!object || seen.removed) return;
    for (auto& [event, owed] : seen.owed)
        if (is_other) owed = {world_.bus.now, world_.bus.next_number()};
    // A new client hears again of the end.
    auto end = end_of(seen.job);
    if (end && wants(seen.job.notify_flags, *end) && seen.job.state != State::Acknowledged)
        expect(seen, {*end, job::NoFile});
}

bool Witness::is_healthy(const std::string& program) const {
    auto found = world_.bus.programs.find(program);
    return found != world_.bus.programs.end() && found->second.manner == notify::Manner::Accepts &&
           !changeable_programs.contains(program);
}

bool Witness::has_present_object(const Job& seen) const {
    return seen.object && world_.bus.programs.contains(seen.object->destination);
}

} // namespace haulier::simulation
