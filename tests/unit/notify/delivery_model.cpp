// SPDX-License-Identifier: LGPL-2.1-or-later
#include "delivery_model.hpp"

#include "notify_samples.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::notify {

namespace {

/// Calls of one owner take turns; a program that is started takes a moment.
constexpr Usec Soon{2'500'000};

BootTime pause_of(const std::pair<uint32_t, BootTime>& account, Usec step, Usec maximum) {
    auto [count, last] = account;
    if (count == 0) return {};
    for (uint32_t i = 1; i < count && step < maximum; ++i)
        step *= 2;
    return last + std::min(step, maximum);
}

bool is_file(const Content& content) {
    return std::holds_alternative<FileTransferred>(content);
}

} // namespace

void DeliveryModel::fault(const std::string& what, const job::Id& id) {
    faults.push_back(fmt::format("at {} us, job {}: {}", bus_.now.since_boot.count(), id.hex, what));
}

void DeliveryModel::note(const std::string& what) {
    trace.push_back(fmt::format("{:>14} {}", bus_.now.since_boot.count(), what));
    if (trace.size() > 600) trace.pop_front();
}

std::string word_of(const std::optional<Target>& target) {
    return target ? target->destination + target->path : "nobody";
}

// ---- whom and when ----

std::optional<Target> DeliveryModel::target_of(const Job& job) const {
    bool has_service = !job.service.name.empty();
    if (job.object) {
        auto silence = silences_.find(job.object->destination);
        bool is_silent = silence != silences_.end() && silence->second.count >= policy_.unanswered;
        bool passed_over = !job.rows.empty() && job.passed_over.contains(job.rows.front().number);
        if (!has_service || (!is_silent && !passed_over)) return job.object;
    }
    if (has_service) return notify::target_of(job.service);
    return std::nullopt;
}

/// Who really gets a call: a connection, or a service that has to be started.
std::string DeliveryModel::receiver_of(const Target& target) const {
    if (target.kind == Target::Kind::Object) return target.destination;
    auto owner = bus_.owner_of(target.destination);
    return owner.empty() ? target.destination : owner;
}

bool DeliveryModel::is_occupied(const std::string& receiver) const {
    auto program = bus_.programs.find(receiver);
    if (program != bus_.programs.end()) return !program->second.open.empty();
    return bus_.is_called(receiver);
}

BootTime DeliveryModel::due(const Job& job, const Target& target, const std::string& receiver,
                            bool at_the_latest) {
    const auto& row = job.rows.front();
    auto when = row.since;
    const auto& refused = refusals_[{job.job.id, row.number, target.destination, target.path}];
    auto refusals = at_the_latest ? refused.count : refused.since_other_target;
    when = std::max(when, pause_of({refusals, refused.last}, policy_.retry, policy_.retry_maximum));
    const auto& silence = silences_[receiver];
    when = std::max(when, pause_of({silence.count, silence.last}, policy_.retry, policy_.retry_maximum));
    if (receiver.front() == ':') return when;
    const auto& launches = launches_[{Owner, target.destination}];
    if (launches.count < 2) return when;
    return std::max(when, pause_of({launches.count - 1, launches.last}, policy_.launch_delay,
                                   policy_.launch_delay_maximum));
}

// ---- what happens ----

/// What it was called in vain counts no more, and whoever waited for it waits anew.
void DeliveryModel::forgive(const std::string& receiver) {
    auto before = targets();
    silences_.erase(receiver);
    for (auto& [id, job] : jobs)
        job.changed = bus_.now;
    retarget_all(before);
}

DeliveryModel::Targets DeliveryModel::targets() const {
    Targets targets;
    for (const auto& [id, job] : jobs)
        targets[id] = target_of(job);
    return targets;
}

void DeliveryModel::retarget_all(const Targets& before) {
    for (auto& [id, job] : jobs)
        if (target_of(job) != before.at(id)) retarget(id, job);
}

/// A call to another target than the present one has no say any more.
void DeliveryModel::retarget(const job::Id& id, Job& job) {
    for (auto& [attempt, account] : refusals_)
        if (std::get<0>(attempt) == id) account.since_other_target = 0;
    job.changed = bus_.now;
    job.call.reset();
    job.called_about.reset();
}

void DeliveryModel::forget_pauses(const job::Id& id) {
    std::erase_if(refusals_, [&](const auto& entry) { return std::get<0>(entry.first) == id; });
    jobs.at(id).changed = bus_.now;
}

void DeliveryModel::registered(const job::Id& id, const std::optional<Target>& object) {
    note(fmt::format("{} has object {}", id.hex.substr(28), word_of(object)));
    auto& job = jobs.at(id);
    if (object) forgive(object->destination);
    auto before = target_of(job);
    job.object = object;
    job.passed_over.clear();
    if (target_of(job) != before) retarget(id, job);
    forget_pauses(id);
}

void DeliveryModel::registered(const job::Id& id, const job::NotifyService& service) {
    note(fmt::format("{} has service {}{}", id.hex.substr(28), service.name, service.path));
    auto& job = jobs.at(id);
    auto before = target_of(job);
    auto old = std::exchange(job.service, service);
    forgive(service.name);
    if (target_of(job) != before) retarget(id, job);
    if (!job.object) forget_pauses(id);
    bool is_used = std::any_of(jobs.begin(), jobs.end(),
                               [&](const auto& entry) { return entry.second.service.name == old.name; });
    if (!is_used) launches_.erase({Owner, old.name});
}

void DeliveryModel::lost(const std::string& unique_name) {
    note(unique_name + " is lost");
    for (auto& [id, job] : jobs) {
        if (!job.object || job.object->destination != unique_name) continue;
        auto before = target_of(job);
        job.object.reset();
        job.passed_over.clear();
        if (target_of(job) != before) retarget(id, job);
    }
    silences_.erase(unique_name);
}

void DeliveryModel::late_reply(const std::string& unique_name) {
    note(unique_name + " replies late");
    forgive(unique_name);
}

void DeliveryModel::works(const std::string& service) {
    launches_.erase({Owner, service});
    forgive({});
}

void DeliveryModel::begun(const Delivery& delivery) {
    note(fmt::format("{} calls {} ({})", delivery.job.hex.substr(28), word_of(delivery.target),
                     delivery.content.index()));
    if (++calls_ > 5000) return fault("calls without end", delivery.job);
    auto found = jobs.find(delivery.job);
    if (found == jobs.end()) return fault("a call about a job that has ended", delivery.job);
    auto& job = found->second;
    if (job.rows.empty()) return fault("a call about nothing", delivery.job);
    auto target = target_of(job);
    if (!target) return fault("a call without a target", delivery.job);
    if (delivery.target.path != target->path || delivery.target.kind != target->kind)
        fault(fmt::format("{}{} is called instead of {}{}", delivery.target.destination, delivery.target.path,
                          target->destination, target->path),
              delivery.job);
    // A name may have got another owner a moment ago, which is not known yet.
    const auto& called = delivery.target.destination;
    auto receiver = called.front() == ':' ? called : receiver_of(*target);
    if (due(job, *target, receiver, false) > bus_.now) fault("a call that comes too early", delivery.job);
    job.call = delivery;
    job.call->target = *target;
    job.call_number = bus_.next_number();
    if (target->kind == Target::Kind::Service) called_services_[job.call_number] = target->destination;
    job.called_about = job.rows.front().number;
}

void DeliveryModel::note_launch(const FakeBus::Ended& call) {
    auto name = called_services_.extract(call.number);
    if (!name) return;
    bool satisfied = call.outcome == CallOutcome::Acknowledged ||
                     (call.outcome == CallOutcome::NoSuchMethod && is_file(call.delivery.content));
    bool is_used = std::any_of(jobs.begin(), jobs.end(),
                               [&](const auto& entry) { return entry.second.service.name == name.mapped(); });
    auto& launches = launches_[{Owner, name.mapped()}];
    if (satisfied) {
        launches = {};
        forgive({});
    }
    if (!satisfied && call.was_started && is_used) launches = {launches.count + 1, bus_.now};
}

/// Only a call to the present target, about what is still owed, has consequences for the job.
void DeliveryModel::ended(const FakeBus::Ended& call) {
    note(fmt::format("{} called {} at {}: outcome {}{}", call.delivery.job.hex.substr(28),
                     word_of(call.delivery.target), call.receiver, static_cast<int>(call.outcome),
                     call.was_started ? ", started" : ""));
    auto key = call.receiver.empty() ? call.delivery.target.destination : call.receiver;
    last_end_[key] = bus_.now;
    last_end_[call.delivery.target.destination] = bus_.now;
    bool replied = call.outcome == CallOutcome::Acknowledged || call.outcome == CallOutcome::Refused ||
                   call.outcome == CallOutcome::NoSuchMethod;
    auto found = jobs.find(call.delivery.job);
    bool is_current = found != jobs.end() && found->second.call && found->second.call_number == call.number;
    if (is_current) {
        auto& job = found->second;
        auto target = std::optional{job.call->target};
        auto row = std::exchange(job.called_about, {});
        job.call.reset();
        job.changed = bus_.now;
        bool is_owed = row && !job.rows.empty() && job.rows.front().number == *row;
        bool is_object = target->kind == Target::Kind::Object;
        bool declined = call.outcome == CallOutcome::NoSuchMethod && is_file(call.delivery.content);
        if (is_owed) {
            auto& refused = refusals_[{call.delivery.job, *row, target->destination, target->path}];
            bool to_service_next = is_object && !job.service.name.empty();
            if (call.outcome == CallOutcome::Acknowledged || declined)
                being_acknowledged_ = {call.delivery.job, *row};
            else if (call.outcome == CallOutcome::NoSuchMethod && to_service_next)
                job.passed_over.insert(*row);
            else if (call.outcome == CallOutcome::Refused || call.outcome == CallOutcome::NoSuchMethod ||
                     (!is_object && call.delivery.target.destination.front() != ':' &&
                      call.outcome != CallOutcome::Unanswered))
                refused = {refused.count + 1, bus_.now, refused.since_other_target + 1};
            if ((call.outcome == CallOutcome::Acknowledged || declined) && !is_object && !job.object &&
                !call.receiver.empty()) {
                job.object = Target{call.receiver, target->path, Target::Kind::Object};
                job.changed = bus_.now;
            }
        }
        if (is_object && (call.outcome == CallOutcome::Gone || call.outcome == CallOutcome::NotStarted)) {
            job.object.reset();
            retarget(call.delivery.job, job);
        }
    }
    note_launch(call);
    auto before = targets();
    if (replied) {
        silences_.erase(key);
        silences_.erase(call.delivery.target.destination);
    }
    if (call.outcome == CallOutcome::Unanswered) {
        for (const auto& name : std::set<std::string>{key, call.delivery.target.destination})
            if (name.front() != ':' || bus_.programs.contains(name))
                silences_[name] = {silences_[name].count + 1, bus_.now};
    }
    retarget_all(before);
}

void DeliveryModel::acknowledged(int64_t row) {
    for (auto& [id, job] : jobs) {
        if (job.rows.empty() || job.rows.front().number != row) continue;
        if (being_acknowledged_ != std::pair{id, row}) fault("acknowledged by no present client", id);
        job.rows.pop_front();
        job.changed = bus_.now;
        return;
    }
    faults.push_back(fmt::format("row {} is acknowledged, and is not the first of any job", row));
}

void DeliveryModel::second_call(const std::string& receiver) {
    faults.push_back(
        fmt::format("at {} us: {} gets two calls at a time", bus_.now.since_boot.count(), receiver));
}

// ---- what is promised ----

void DeliveryModel::check_truth(const job::Id& id, const job::Notification& notification) {
    const auto& [job, files, rows, object, service, changed, passed, receiver, number, call, about] =
        jobs.at(id);
    const auto& flags = job.notify_flags;
    if (rows.empty() || !(rows.front().notification == notification)) fault("told what is not owed next", id);
    if (flags.disable) fault("told though notification is off", id);
    switch (notification.kind) {
    case job::NotificationKind::Transferred: {
        bool is_named = std::all_of(files.begin(), files.end(), [](const auto& f) { return f.completed; });
        bool ended = job.state == job::State::Acknowledged && is_named;
        if (job.state != job::State::Transferred && !ended)
            fault("told of the end, which is not reached", id);
        if (!flags.transferred) fault("told of the end, which is not wanted", id);
        return;
    }
    case job::NotificationKind::Error:
        if (job.state != job::State::Error) fault("told of an error that is no more", id);
        if (!flags.error) fault("told of an error, which is not wanted", id);
        return;
    case job::NotificationKind::FileTransferred:
        if (!files.at(notification.file).transferred) fault("told of a file that is not there", id);
        if (!flags.file_transferred) fault("told of a file, which is not wanted", id);
        return;
    case job::NotificationKind::RemoteNameExpired: fault("asked for what is not needed", id); return;
    }
}

void DeliveryModel::check_delays() {
    for (auto& [id, job] : jobs) {
        if (job.rows.empty() || job.call) continue;
        auto target = target_of(job);
        bool has_left =
            target && target->kind == Target::Kind::Object && !bus_.programs.contains(target->destination);
        if (!target || has_left) continue;
        auto receiver = receiver_of(*target);
        if (std::exchange(job.receiver, receiver) != receiver) job.changed = bus_.now;
        if (is_occupied(receiver) || is_occupied(target->destination)) continue;
        auto since = std::max({due(job, *target, receiver, true), job.changed, last_end_[receiver],
                               last_end_[target->destination]});
        if (bus_.now > since + Soon) {
            fault(fmt::format("{}{} waits for {} ms", target->destination, target->path,
                              (bus_.now - since).count() / 1000),
                  id);
            job.changed = bus_.now; // one fault is enough
        }
    }
}

void DeliveryModel::check_all_told() {
    for (const auto& [id, job] : jobs)
        if (!job.rows.empty() && target_of(job)) fault("is owed something in the end", id);
}

} // namespace haulier::notify
