// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/notifier.hpp"

#include <algorithm>
#include <utility>

namespace haulier::notify {

namespace {

/// A client without the method for it can use the signal.
bool is_optional(const Content& content) {
    return !std::holds_alternative<JobTransferred>(content) && !std::holds_alternative<JobFailed>(content);
}

/// A client that has no answer is not asked again. One that is not on the bus yet, or has just left, may be
/// asked again.
bool ends_question(DeliveryEvent event, bool with_pause, bool to_object) {
    switch (event) {
    case DeliveryEvent::Acknowledge:
    case DeliveryEvent::Refuse:
    case DeliveryEvent::Decline:
    case DeliveryEvent::TimeOut: return true;
    case DeliveryEvent::Lack: return !to_object;
    case DeliveryEvent::Vanish: return with_pause;
    case DeliveryEvent::Call:
    case DeliveryEvent::FindNoBus: return false;
    }
    return true;
}

bool is_question(const Content& content) {
    return std::holds_alternative<RemoteNameExpired>(content);
}

bool is_same_service(const job::NotifyService& a, const job::NotifyService& b) {
    return a.bus == b.bus && a.name == b.name;
}

} // namespace

// ---- jobs ----

DeliveryQueue* Notifier::queue_of(const job::Id& id) {
    auto found = queues_.find(id);
    return found == queues_.end() ? nullptr : &found->second;
}

void Notifier::add_job(const job::Id& id, uint32_t owner, const job::NotifyService& service) {
    assign_service(queues_[id], owner, service);
    session_buses_.may_exist(owner);
}

void Notifier::set_service(const job::Id& id, const job::NotifyService& service) {
    auto* queue = queue_of(id);
    if (!queue) return;
    auto before = queue->service();
    assign_service(*queue, queue->owner(), service);
    session_buses_.may_exist(queue->owner());
    recipients_.heard_from(recipient_of(queue->owner(), target_of(service)));
    if (!queue->object()) queue->attempt.forget_back_off();
    if (!is_same_service(before, service)) forget_launches_if_unused(queue->owner(), before);
    replan(id, *queue);
}

void Notifier::set_object(const job::Id& id, std::optional<Target> object) {
    auto* queue = queue_of(id);
    if (!queue) return;
    if (object) heard_from(object->destination);
    queue->attempt.forget_back_off();
    assign_object(id, *queue, std::move(object));
}

void Notifier::assign_object(const job::Id& id, DeliveryQueue& queue, std::optional<Target> object) {
    if (const auto& before = queue.object()) {
        auto jobs = objects_of_.find(before->destination);
        jobs->second.erase(id);
        if (jobs->second.empty()) objects_of_.erase(jobs);
    }
    queue.set_object(std::move(object));
    if (queue.object()) {
        objects_of_[queue.object()->destination].insert(id);
        host_.check_connection(queue.object()->destination);
    }
    replan(id, queue);
    host_.object_changed(id);
}

void Notifier::change_owner(const job::Id& id, uint32_t owner) {
    auto* queue = queue_of(id);
    if (!queue) return;
    for (const auto& entry : queue->remove_all())
        outbox_.acknowledged(entry.row);
    queue->abandon_call();
    assign_service(*queue, owner, {});
    assign_object(id, *queue, std::nullopt);
}

void Notifier::add(const job::Id& id, int64_t row, const job::Notification& notification) {
    auto* queue = queue_of(id);
    if (!queue) return;
    queue->add({row, notification, host_.now()});
    replan(id, *queue);
}

void Notifier::revoke(const job::Id& id, const job::Revocation& revoked) {
    auto* queue = queue_of(id);
    if (!queue) return;
    queue->revoke(revoked);
    replan(id, *queue);
}

void Notifier::hold(const job::Id& id) {
    auto* queue = queue_of(id);
    if (!queue) return;
    held_.insert(id);
    replan(id, *queue);
}

void Notifier::release(const job::Id& id) {
    held_.erase(id);
    if (auto* queue = queue_of(id)) replan(id, *queue);
}

void Notifier::forget(const job::Id& id) {
    auto* queue = queue_of(id);
    if (!queue) return;
    if (queue->object()) assign_object(id, *queue, std::nullopt);
    queue->remove_all();
    assign_service(*queue, queue->owner(), {});
    replan(id, *queue);
    held_.erase(id);
    queues_.erase(id);
}

void Notifier::modified(const job::Id& id, Usec interval) {
    auto* queue = queue_of(id);
    if (!queue || !queue->object()) return;
    queue->news.modified(host_.now(), interval);
    replan(id, *queue);
}

void Notifier::ranges_filled(const job::Id& id, uint32_t index, const std::vector<job::Range>& ranges,
                             Usec interval) {
    auto* queue = queue_of(id);
    if (!queue || !queue->object()) return;
    queue->news.ranges_filled(index, ranges, host_.now(), interval);
    replan(id, *queue);
}

// ---- clients ----

void Notifier::service_works(uint32_t owner, const job::NotifyService& service) {
    launches_.clear(owner, service);
}

void Notifier::restore_launches(uint32_t owner, const job::NotifyService& service, uint32_t count) {
    launches_.restore(owner, service, count, host_.now());
}

/// No job of the owner names the service any more.
void Notifier::forget_launches_if_unused(uint32_t owner, const job::NotifyService& service) {
    if (!service.name.empty() && !is_used(owner, service)) launches_.clear(owner, service);
}

bool Notifier::is_used(uint32_t owner, const job::NotifyService& service) const {
    return services_.contains({owner, service.bus, service.name});
}

void Notifier::assign_service(DeliveryQueue& queue, uint32_t owner, const job::NotifyService& service) {
    const auto& before = queue.service();
    if (!before.name.empty()) {
        auto used = services_.find({queue.owner(), before.bus, before.name});
        if (--used->second == 0) services_.erase(used);
    }
    queue.set_owner(owner);
    queue.set_service(service);
    if (!service.name.empty()) ++services_[{owner, service.bus, service.name}];
}

void Notifier::connection_lost(const std::string& unique_name) {
    owners_.connection_lost(unique_name);
    recipients_.forget(connection(unique_name));
    auto found = objects_of_.find(unique_name);
    if (found == objects_of_.end()) return;
    for (const auto& id : std::set<job::Id>{found->second})
        assign_object(id, queues_.at(id), std::nullopt);
}

void Notifier::heard_from(const std::string& unique_name) {
    recipients_.heard_from(connection(unique_name));
    replan_jobs_of(unique_name);
}

void Notifier::owner_found(const std::string& name, const std::string& unique_name) {
    owners_.answered(name, unique_name, host_.now());
}

/// A connection that takes the name of a service while it is being started is the one that gets the call.
void Notifier::owner_changed(const std::string& name, const std::string& unique_name) {
    owners_.changed(name, unique_name, host_.now());
    if (unique_name.empty()) return;
    for (auto& [number, call] : calls_) {
        if (!call.is_start || call.target.destination != name || call.recipients.size() > 1) continue;
        call.recipients.push_back(connection(unique_name));
        recipients_.called(call.recipients.back());
    }
}

void Notifier::set_active_users(std::set<uint32_t> uids) {
    auto arrived = session_buses_.set_active_users(std::move(uids));
    for (auto& [id, queue] : queues_) {
        if (!arrived.contains(queue.owner()) || !queue.has_session_service()) continue;
        if (!queue.object()) queue.attempt.forget_back_off();
        replan(id, queue);
    }
}

// ---- calls and their outcomes ----

void Notifier::start(const job::Id& id, DeliveryQueue& queue, const Target& target, const Route& route) {
    auto number = ++last_call_;
    auto now = host_.now();
    Delivery delivery{id, queue.owner(), {route.destination, target.path, target.kind}, {}};
    CallInFlight call{delivery,          target,         queue.service(), {},
                      {route.recipient}, kind_of(route), route.is_start,  now};
    if (queue.empty()) {
        call.delivery.content = queue.news.take(now);
    } else {
        const auto& entry = queue.first();
        call.row = entry.row;
        call.delivery.content = host_.content_of(id, entry.notification);
        queue.attempt.set_target(entry.row, target);
        queue.attempt.called();
    }
    queue.call = number;
    recipients_.called(route.recipient);
    budget_.take(queue.owner(), call.kind, now);
    delivery = call.delivery;
    calls_.emplace(number, std::move(call));
    replan(id, queue);
    bool in_session = target.kind == Target::Kind::SessionService;
    auto& sender = in_session ? senders_.session_bus : senders_.own_bus;
    sender.send(delivery, [this, number](const DeliveryResult& result) {
        finished(number, result);
        run();
    });
}

/// If the client has been replaced meanwhile, the outcome counts for its recipient, but not for the
/// notification.
void Notifier::finished(uint64_t number, const DeliveryResult& result) {
    auto found = calls_.find(number);
    auto call = std::move(found->second);
    calls_.erase(found);
    budget_.release(call.delivery.owner, call.kind, call.begun);
    auto* queue = queue_of(call.delivery.job);
    bool is_current = queue && queue->call == number;
    if (is_current) queue->call.reset();
    note_recipient(call, result);
    note_launch(call, result.outcome);
    if (call.target.kind == Target::Kind::Service) owners_.forget(call.target.destination);
    if (!is_current) return;
    conclude(call, *queue, result);
    replan(call.delivery.job, *queue);
}

void Notifier::note_recipient(const CallInFlight& call, const DeliveryResult& result) {
    for (const auto& recipient : call.recipients) {
        switch (result.outcome) {
        case CallOutcome::Acknowledged:
        case CallOutcome::Refused:
        case CallOutcome::NoSuchMethod:
        case CallOutcome::Declined:
        case CallOutcome::NoSuchObject: recipients_.heard_from(recipient); break;
        case CallOutcome::Unanswered: recipients_.did_not_reply(recipient, host_.now(), policy_); break;
        case CallOutcome::Gone:
        case CallOutcome::NotStarted:
        case CallOutcome::NoBus: break;
        }
        recipients_.ended(recipient);
        if (recipient.kind == Target::Kind::Object) replan_jobs_of(recipient.name);
    }
}

/// Whether a service on a session bus had to be started is not known, only whether it replied in the end.
void Notifier::note_launch(const CallInFlight& call, CallOutcome outcome) {
    if (call.target.kind == Target::Kind::Object) return;
    bool in_session = call.target.kind == Target::Kind::SessionService;
    auto owner = call.delivery.owner;
    bool in_vain = false;
    switch (event_of(outcome, is_optional(call.delivery.content))) {
    case DeliveryEvent::Acknowledge:
    case DeliveryEvent::Decline: return launches_.clear(owner, call.service);
    case DeliveryEvent::Refuse:
    case DeliveryEvent::Lack: in_vain = call.is_start; break;
    case DeliveryEvent::Vanish:
        in_vain = outcome != CallOutcome::NotStarted && (call.is_start || in_session);
        break;
    case DeliveryEvent::TimeOut: in_vain = call.is_start || in_session; break;
    case DeliveryEvent::Call:
    case DeliveryEvent::FindNoBus: break;
    }
    if (in_vain && is_used(owner, call.service)) launches_.count(owner, call.service, host_.now());
}

/// Progress is never repeated, but it shows as well as any other call that the client is gone.
void Notifier::conclude(const CallInFlight& call, DeliveryQueue& queue, const DeliveryResult& result) {
    auto event = event_of(result.outcome, is_optional(call.delivery.content));
    bool to_object = call.target.kind == Target::Kind::Object;
    // If the object does not want the end of a job, the service is notified, if there is one.
    if (result.outcome == CallOutcome::Declined && to_object && queue.has_service())
        event = DeliveryEvent::Lack;
    if (event == DeliveryEvent::Vanish && to_object)
        return assign_object(call.delivery.job, queue, std::nullopt);
    // The notification may have been revoked meanwhile.
    if (!call.row || queue.empty() || queue.first().row != *call.row) return;
    bool with_pause = needs_pause(call, queue, event);
    bool is_first = !queue.attempt.has_failed();
    queue.attempt.ended(event, with_pause, host_.now(), policy_);
    if (is_question(call.delivery.content) && ends_question(event, with_pause, to_object)) {
        if (event != DeliveryEvent::Acknowledge) return answer(call, queue, {});
        adopt_sender(call, queue, result.sender);
        return answer(call, queue, result.answer);
    }
    if (!is_owed(queue.attempt.state())) return acknowledged(call, queue, result.sender);
    if (event == DeliveryEvent::Lack && to_object) queue.pass_over_object();
    if (event == DeliveryEvent::FindNoBus && !with_pause) session_buses_.set_missing(queue.owner());
    if (is_first && is_news(call, event)) {
        auto delivery = call.delivery;
        delivery.target = call.target;
        host_.delivery_failed(delivery, result.outcome);
    }
}

/// If a recipient does not reply, its pause applies to all jobs, not to this notification only. A service
/// that has only just left is started at once.
bool Notifier::needs_pause(const CallInFlight& call, const DeliveryQueue& queue, DeliveryEvent event) const {
    switch (event) {
    case DeliveryEvent::Call:
    case DeliveryEvent::Acknowledge:
    case DeliveryEvent::Decline:
    case DeliveryEvent::TimeOut: return false;
    case DeliveryEvent::Refuse: return true;
    case DeliveryEvent::Lack: return call.target.kind != Target::Kind::Object || !queue.has_service();
    case DeliveryEvent::Vanish: return call.is_start || call.target.kind == Target::Kind::SessionService;
    // The bus of an active user should appear soon; that of any other user not before they log in.
    case DeliveryEvent::FindNoBus: return session_buses_.is_active(queue.owner());
    }
    return true;
}

/// Whether the first such event of an attempt is logged.
bool Notifier::is_news(const CallInFlight& call, DeliveryEvent event) const {
    if (event == DeliveryEvent::FindNoBus) return false;
    return event != DeliveryEvent::TimeOut || recipients_.unanswered(call.recipients.front()) == 1;
}

void Notifier::acknowledged(const CallInFlight& call, DeliveryQueue& queue, const std::string& sender) {
    queue.remove_first(*call.row);
    outbox_.acknowledged(*call.row);
    adopt_sender(call, queue, sender);
}

/// The row stays in the outbox until the effect of the answer is stored.
void Notifier::answer(const CallInFlight& call, DeliveryQueue& queue, const std::string& text) {
    queue.remove_first(*call.row);
    queue.attempt = {}; // the same row can be added again, if the answer cannot be stored
    queue.note_answer(host_.now());
    host_.answered(call.delivery.job, *call.row, std::get<RemoteNameExpired>(call.delivery.content).file,
                   text);
}

/// The connection that replied for a service is the callback object from now on (BITS 5.4).
void Notifier::adopt_sender(const CallInFlight& call, DeliveryQueue& queue, const std::string& sender) {
    if (call.target.kind != Target::Kind::Service || queue.object() || sender.empty()) return;
    assign_object(call.delivery.job, queue, Target{sender, call.target.path, Target::Kind::Object});
}

// ---- state ----

std::optional<Target> Notifier::object_of(const job::Id& id) const {
    auto found = queues_.find(id);
    return found == queues_.end() ? std::nullopt : found->second.object();
}

bool Notifier::owes(const job::Id& id) const {
    auto found = queues_.find(id);
    return found != queues_.end() && found->second.owes();
}

bool Notifier::busy() const {
    return !calls_.empty() || !objects_of_.empty() || has_work();
}

bool Notifier::has_work() const {
    return !owing_.empty();
}

} // namespace haulier::notify
