// SPDX-License-Identifier: LGPL-2.1-or-later
// Which call is made next, and where it goes to.
#include "notify/notifier.hpp"

#include <algorithm>
#include <utility>

namespace haulier::notify {

/// Whether the object's connection has replied to at least one of its last calls.
bool Notifier::replies(const Target& object) const {
    return recipients_.unanswered(connection(object.destination)) < policy_.unanswered;
}

std::optional<Target> Notifier::target_of_queue(const DeliveryQueue& queue) const {
    return queue.target(queue.object() && replies(*queue.object()));
}

/// When the job's next call is due; a call in flight to a client that was replaced does not delay
/// it.
void Notifier::replan(const job::Id& id, DeliveryQueue& queue) {
    if (queue.owes_service())
        owing_.insert(id);
    else
        owing_.erase(id);
    if (queue.has_questions())
        asking_.insert(id);
    else
        asking_.erase(id);
    auto target = target_of_queue(queue);
    if (queue.call && calls_.at(*queue.call).target != target) queue.abandon_call();
    auto due = queue.call || held_.contains(id) || !target ? std::nullopt : due_of(queue, *target);
    if (due)
        lanes_.place(id, lane_of(queue.owner(), *target), *due);
    else
        lanes_.remove(id);
}

std::optional<BootTime> Notifier::due_of(const DeliveryQueue& queue, const Target& target) const {
    if (!queue.empty()) {
        const auto& entry = queue.first();
        if (!queue.attempt.is_about(entry.row, target)) return entry.since;
        return std::max(entry.since, queue.attempt.not_before());
    }
    if (target.kind != Target::Kind::Object || !replies(target)) return std::nullopt;
    return queue.news.due();
}

void Notifier::replan_jobs_of(const std::string& unique_name) {
    auto found = objects_of_.find(unique_name);
    if (found == objects_of_.end()) return;
    for (const auto& id : found->second)
        replan(id, queues_.at(id));
}

/// Calls that have waited longest come first; the pause of a recipient that did not reply does not count as
/// waiting.
std::vector<Turn> Notifier::turns() const {
    auto turns = lanes_.turns();
    for (auto& turn : turns)
        turn.due = std::max(turn.due, recipients_.not_before(turn.lane));
    std::stable_sort(turns.begin(), turns.end(), [](const Turn& a, const Turn& b) { return a.due < b.due; });
    return turns;
}

/// Makes the calls that are due and may be made; asks to be woken for the earliest of the others.
void Notifier::run() {
    auto wake = end_old_questions();
    waits_for_owner_ = false;
    for (const auto& turn : turns())
        if (auto when = take_turn(turn)) wake = wake ? std::min(*wake, *when) : *when;
    bool starting =
        std::any_of(calls_.begin(), calls_.end(), [](const auto& call) { return call.second.is_start; });
    bool watch = starting || waits_for_owner_;
    if (!watch) owners_.clear();
    host_.watch_new_owners(watch);
    if (wake) host_.wake_at(*wake);
}

void Notifier::end_old_questions(const job::Id& id, DeliveryQueue& queue, BootTime now) {
    auto old = queue.take_old_questions(now, policy_.question_patience);
    for (const auto& entry : old)
        host_.answered(id, entry.row, entry.notification.file, {});
    if (!old.empty()) replan(id, queue);
}

/// Returns when the next question will have waited for too long. For a job with a call in flight, this is
/// decided when the call has ended.
std::optional<BootTime> Notifier::end_old_questions() {
    auto now = host_.now();
    if (asking_.empty()) look_at_questions_.reset();
    if (asking_.empty() || (look_at_questions_ && now < *look_at_questions_)) return look_at_questions_;
    std::optional<BootTime> next;
    for (const auto& id : std::set<job::Id>{asking_}) {
        auto& queue = queues_.at(id);
        bool is_called = queue.call || held_.contains(id);
        if (!is_called) end_old_questions(id, queue, now);
        if (!queue.has_questions()) continue;
        auto end = queue.end_of_questions(policy_.question_patience);
        if (is_called) end = std::max(end, now + Usec{1'000'000});
        next = next ? std::min(*next, end) : end;
    }
    look_at_questions_ = next;
    return next;
}

std::optional<BootTime> Notifier::take_turn(const Turn& turn) {
    auto now = host_.now();
    if (turn.due > now) return turn.due;
    auto* queue = queue_of(turn.job);
    auto target = *target_of_queue(*queue);
    if (target.kind == Target::Kind::SessionService && session_buses_.is_missing(queue->owner())) return {};
    waits_for_owner_ |= target.kind == Target::Kind::Service;
    auto route = route_of(*queue, target);
    if (!route || recipients_.is_busy(route->recipient)) return {};
    if (auto when = not_before(*queue, *route); when > now) return when;
    auto free = budget_.free_at(queue->owner(), kind_of(*route), now, policy_);
    if (!free || *free > now) return free;
    start(turn.job, *queue, target, *route);
    return {};
}

/// A service on our bus is called by its connection if it runs, because that may have a call in flight
/// already, and because nothing is started then. Nothing: the bus is being asked.
std::optional<Notifier::Route> Notifier::route_of(const DeliveryQueue& queue, const Target& target) {
    const auto& name = target.destination;
    if (target.kind != Target::Kind::Service) return Route{recipient_of(queue.owner(), target), name, false};
    const auto* answer = owners_.find(name);
    bool is_old = answer && answer->when + policy_.owner_known_for < host_.now();
    if (is_old) owners_.forget(name);
    if ((!answer || is_old) && !owners_.is_asked(name)) {
        // First, so that the bus reports whatever changes after its answer.
        host_.watch_new_owners(true);
        owners_.asked(name);
        host_.find_owner(name);
    }
    answer = owners_.find(name);
    if (!answer) return std::nullopt;
    if (!answer->unique_name.empty())
        return Route{connection(answer->unique_name), answer->unique_name, false};
    return Route{recipient_of(queue.owner(), target), name, true};
}

BootTime Notifier::not_before(const DeliveryQueue& queue, const Route& route) const {
    auto pause = recipients_.not_before(route.recipient);
    bool may_start = route.is_start || route.recipient.kind == Target::Kind::SessionService;
    return may_start ? std::max(pause, launches_.earliest(queue.owner(), queue.service(), policy_)) : pause;
}

CallBudget::Kind Notifier::kind_of(const Route& route) const {
    if (recipients_.unanswered(route.recipient) > 0) return CallBudget::Kind::Unanswered;
    bool may_start = route.is_start || route.recipient.kind == Target::Kind::SessionService;
    return may_start ? CallBudget::Kind::Start : CallBudget::Kind::Ordinary;
}

} // namespace haulier::notify
