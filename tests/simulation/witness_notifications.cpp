// SPDX-License-Identifier: LGPL-2.1-or-later
// What clients are told, and who gets it.
#include "owed.hpp"
#include "witness.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::simulation {

using daemon::JobRecord;
using job::NotificationKind;
using job::State;
using std::chrono::seconds;

namespace {

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

void Witness::sent(const notify::Delivery& delivery) {
    world_.note([&] {
        return fmt::format("{} tells {}{} ({})", delivery.job.hex.substr(0, 8), delivery.target.destination,
                           delivery.target.path, delivery.content.index());
    });
    const auto* record = manager_->find(delivery.job);
    auto event = event_of(delivery.content);
    if (!record) return fault(delivery.job, "its client is told of a job that does not exist");
    auto& seen = jobs[delivery.job];
    seen.open_call = world_.bus.next_number();
    // A service that has acknowledged what was revoked meanwhile may have become the object.
    if (delivery.target.kind == notify::Target::Kind::Object && !has_present_object(seen)) {
        seen.object = delivery.target;
        seen.object_since = world_.bus.now;
    }
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
    if (job::is_upload(job.type) || job.state == State::Publishing || file.not_modified) return;
    bool is_there = world_.disk.contains(told.temporary_name) || world_.disk.contains(file.spec.local);
    if (!is_there) fault(delivery.job, "its client is told of a file that is not on disk");
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
    if (owed == seen.owed.end() || call.number < owed->second.first_call) return;
    seen.owed.erase(owed);
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
