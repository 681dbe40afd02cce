// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/notifier.hpp"

#include <algorithm>
#include <utility>

namespace haulier::notify {

void Notifier::add_job(const job::Id& id, uint32_t owner, const job::NotifyService& service) {
    queues_[id].set_owner(owner);
    set_service(id, service);
}

void Notifier::set_service(const job::Id& id, const job::NotifyService& service) {
    auto* queue = queue_of(id);
    if (!queue) return;
    queue->set_service(service);
    session_buses_.may_exist(queue->owner());
}

void Notifier::set_object(const job::Id& id, std::optional<Target> object) {
    auto* queue = queue_of(id);
    if (!queue) return;
    queue->set_object(std::move(object));
    if (queue->object()) host_.check_connection(queue->object()->destination);
    host_.object_changed(id);
}

void Notifier::change_owner(const job::Id& id, uint32_t owner) {
    auto* queue = queue_of(id);
    if (!queue) return;
    for (const auto& entry : queue->remove_all())
        outbox_.acknowledged(entry.row);
    queue->set_owner(owner);
    queue->set_service({});
    set_object(id, std::nullopt);
}

void Notifier::add(const job::Id& id, const OutboxEntry& entry) {
    if (auto* queue = queue_of(id)) queue->add(entry);
}

void Notifier::revoke_final(const job::Id& id) {
    if (auto* queue = queue_of(id)) queue->revoke_final();
}

void Notifier::forget(const job::Id& id) {
    queues_.erase(id);
}

void Notifier::modified(const job::Id& id, Usec interval) {
    auto* queue = queue_of(id);
    if (queue && queue->object()) queue->news.modified(host_.now(), interval);
}

void Notifier::ranges_filled(const job::Id& id, uint32_t index, const std::vector<job::Range>& ranges,
                             Usec interval) {
    auto* queue = queue_of(id);
    if (queue && queue->object()) queue->news.ranges_filled(index, ranges, host_.now(), interval);
}

void Notifier::service_works(uint32_t owner, const job::NotifyService& service) {
    launches_.clear(owner, service);
}

void Notifier::restore_launches(uint32_t owner, const job::NotifyService& service, uint32_t count) {
    launches_.restore(owner, service, count, host_.now());
}

void Notifier::connection_lost(const std::string& unique_name) {
    launches_.connection_lost(unique_name);
    for (auto& [id, queue] : queues_)
        if (queue.object() && queue.object()->destination == unique_name) lose_object(id, queue);
}

void Notifier::set_active_users(std::set<uint32_t> uids) {
    auto arrived = session_buses_.set_active_users(std::move(uids));
    for (auto& [id, queue] : queues_)
        if (arrived.contains(queue.owner()) && !queue.object() && queue.has_session_service())
            queue.back_off.reset();
}

DeliveryQueue* Notifier::queue_of(const job::Id& id) {
    auto found = queues_.find(id);
    return found == queues_.end() ? nullptr : &found->second;
}

/// Makes the calls that are due and have a free slot; asks to be woken for the earliest of the others.
void Notifier::run() {
    auto now = host_.now();
    std::optional<BootTime> wake;
    for (auto& [id, queue] : queues_) {
        auto next = next_call(queue);
        if (!next) continue;
        auto when = next->due > now ? next->due : slots_.free_at(queue.owner(), next->target, now, policy_);
        if (when && *when <= now)
            start(id, queue, *next);
        else if (when)
            wake = wake ? std::min(*wake, *when) : *when;
    }
    if (wake) host_.wake_at(*wake);
}

std::optional<Notifier::NextCall> Notifier::next_call(const DeliveryQueue& queue) const {
    if (queue.in_flight) return std::nullopt;
    return queue.empty() ? next_progress(queue) : next_notification(queue);
}

std::optional<Notifier::NextCall> Notifier::next_notification(const DeliveryQueue& queue) const {
    auto not_before = queue.back_off.not_before();
    if (queue.object()) return NextCall{*queue.object(), not_before};
    if (!queue.has_service()) return std::nullopt;
    if (queue.has_session_service() && session_buses_.is_missing(queue.owner())) return std::nullopt;
    auto launch = launches_.earliest(queue.owner(), queue.service(), policy_);
    return NextCall{target_of(queue.service()), std::max(not_before, launch)};
}

std::optional<Notifier::NextCall> Notifier::next_progress(const DeliveryQueue& queue) {
    auto due = queue.news.due();
    if (!queue.object() || !due) return std::nullopt;
    return NextCall{*queue.object(), *due, true};
}

void Notifier::start(const job::Id& id, DeliveryQueue& queue, const NextCall& next) {
    CallInFlight call{{id, queue.owner(), next.target, {}}, {}, host_.now()};
    if (next.is_progress) {
        call.delivery.content = queue.news.take(call.begun);
    } else {
        call.row = queue.first().row;
        call.delivery.content = host_.content_of(id, queue.first().notification);
    }
    count_launch(queue, next.target);
    queue.in_flight = true;
    slots_.take(queue.owner(), next.target, call.begun);
    bool in_session = next.target.kind == Target::Kind::SessionService;
    auto& sender = in_session ? senders_.session_bus : senders_.own_bus;
    sender.send(call.delivery, [this, call](const DeliveryResult& result) {
        slots_.release(call.delivery.owner, call.delivery.target, call.begun);
        finished(call, result);
        run();
    });
}

/// Calling a service that does not run starts it. Of one on a session bus the outcome has to tell, see
/// judge_launch().
void Notifier::count_launch(const DeliveryQueue& queue, const Target& target) {
    if (target.kind == Target::Kind::Service && !launches_.is_running(queue.service()))
        launches_.count(queue.owner(), queue.service(), host_.now());
}

void Notifier::finished(const CallInFlight& call, const DeliveryResult& result) {
    const auto& target = call.delivery.target;
    if (target.kind == Target::Kind::Service && !result.sender.empty()) {
        launches_.set_running(target.destination, result.sender);
        host_.check_connection(result.sender);
    }
    auto* waiting = queue_of(call.delivery.job);
    if (!waiting) return;
    auto& queue = *waiting;
    queue.in_flight = false;
    if (queue.owner() != call.delivery.owner) return; // taken over meanwhile: the former client has no say
    if (result.outcome != CallOutcome::Unanswered) queue.unanswered = 0;
    if (!call.row) return progress_sent(call, queue, result.outcome);
    if (target.kind == Target::Kind::SessionService && queue.is_service(target))
        judge_launch(queue, result.outcome);
    if (result.outcome == CallOutcome::Acknowledged)
        accepted(call, queue, result.sender);
    else
        not_accepted(call, queue, result.outcome);
}

/// Progress is never repeated, but it shows as well as any other call that the client is gone.
void Notifier::progress_sent(const CallInFlight& call, DeliveryQueue& queue, CallOutcome outcome) {
    if (outcome == CallOutcome::Gone && queue.object() == call.delivery.target)
        lose_object(call.delivery.job, queue);
}

/// Whether a service on a session bus had to be started is not known, only whether it replied in the end. If
/// it did, it was not started in vain.
void Notifier::judge_launch(const DeliveryQueue& queue, CallOutcome outcome) {
    switch (outcome) {
    case CallOutcome::Acknowledged: return launches_.clear(queue.owner(), queue.service());
    case CallOutcome::Gone:
    case CallOutcome::Unanswered: return launches_.count(queue.owner(), queue.service(), host_.now());
    case CallOutcome::Refused:
    case CallOutcome::NoSuchObject:
    case CallOutcome::NoBus: return;
    }
}

void Notifier::accepted(const CallInFlight& call, DeliveryQueue& queue, const std::string& sender) {
    const auto& target = call.delivery.target;
    queue.back_off.reset();
    // It may have been revoked meanwhile.
    if (queue.remove_first(*call.row)) outbox_.acknowledged(*call.row);
    // The connection that replied for a service is the callback object from now on (BITS 5.4).
    if (!queue.is_service(target) || queue.object() || sender.empty()) return;
    queue.set_object(Target{sender, target.path, Target::Kind::Object});
    host_.object_changed(call.delivery.job);
}

void Notifier::not_accepted(const CallInFlight& call, DeliveryQueue& queue, CallOutcome outcome) {
    bool to_object = queue.object() == call.delivery.target;
    switch (outcome) {
    case CallOutcome::Acknowledged: return;
    case CallOutcome::Gone:
    case CallOutcome::NoSuchObject:
        // The service, if there is one, is tried at once.
        if (to_object) return lose_object(call.delivery.job, queue);
        break;
    case CallOutcome::Unanswered:
        if (to_object && ++queue.unanswered >= policy_.unanswered)
            return lose_object(call.delivery.job, queue);
        break;
    case CallOutcome::NoBus: return no_bus(queue);
    case CallOutcome::Refused: break;
    }
    if (!queue.back_off.has_failed()) host_.delivery_failed(call.delivery, outcome);
    queue.back_off.extend(host_.now(), policy_);
}

/// The bus of an active user should appear soon; that of any other user not before they log in.
void Notifier::no_bus(DeliveryQueue& queue) {
    if (session_buses_.is_active(queue.owner()))
        queue.back_off.extend(host_.now(), policy_);
    else
        session_buses_.set_missing(queue.owner());
}

void Notifier::lose_object(const job::Id& id, DeliveryQueue& queue) {
    queue.set_object(std::nullopt);
    host_.object_changed(id);
}

std::optional<Target> Notifier::object_of(const job::Id& id) const {
    auto found = queues_.find(id);
    return found == queues_.end() ? std::nullopt : found->second.object();
}

bool Notifier::owes(const job::Id& id) const {
    auto found = queues_.find(id);
    return found != queues_.end() && found->second.owes();
}

bool Notifier::busy() const {
    return std::any_of(queues_.begin(), queues_.end(), [](const auto& entry) {
        const DeliveryQueue& queue = entry.second;
        return queue.in_flight || queue.object() || queue.owes_service();
    });
}

bool Notifier::has_work() const {
    return std::any_of(queues_.begin(), queues_.end(),
                       [](const auto& entry) { return entry.second.owes_service(); });
}

} // namespace haulier::notify
