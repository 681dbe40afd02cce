// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/notifier.hpp"

#include "job/segments.hpp"
#include "job/validation.hpp"

#include <algorithm>
#include <iterator>

namespace haulier::notify {

namespace {

/// `step` × 2^`times`, not above `most`.
Usec doubled(Usec step, uint32_t times, Usec most) {
    for (uint32_t i = 0; i < times && step < most; ++i)
        step *= 2;
    return std::min(step, most);
}

/// The files in turn, so that none that is always filled keeps the others waiting.
template <class Files>
auto after(const Files& files, uint32_t told) {
    auto next = files.upper_bound(told);
    return next == files.end() ? files.begin() : next;
}

} // namespace

void Notifier::add_job(const job::Id& id, uint32_t owner, const job::NotifyService& service) {
    auto& queue = queues_[id];
    queue.owner = owner;
    set_service(id, service);
}

void Notifier::set_service(const job::Id& id, const job::NotifyService& service) {
    auto* queue = queue_of(id);
    if (!queue) return;
    queue->service = service;
    queue->not_before = {};
    queue->refusals = 0;
    owners_without_bus_.erase(queue->owner); // whoever registers may well have a bus
}

void Notifier::set_object(const job::Id& id, std::optional<Target> object) {
    auto* queue = queue_of(id);
    if (!queue) return;
    queue->object = std::move(object);
    drop_news(*queue); // what happened before is not news to the new one
    queue->unanswered = 0;
    queue->refusals = 0;
    queue->not_before = {};
    if (queue->object) outside_.make_sure(queue->object->destination);
    outside_.object_changed(id);
}

void Notifier::change_owner(const job::Id& id, uint32_t owner) {
    auto* queue = queue_of(id);
    if (!queue) return;
    for (const auto& row : std::exchange(queue->rows, {}))
        outside_.acknowledged(row.row);
    queue->owner = owner;
    queue->service = {};
    set_object(id, std::nullopt);
}

void Notifier::add(const job::Id& id, const Row& row) {
    if (auto* queue = queue_of(id)) queue->rows.push_back(row);
}

void Notifier::revoke_final(const job::Id& id) {
    auto* queue = queue_of(id);
    if (!queue) return;
    std::erase_if(queue->rows,
                  [](const Row& r) { return r.notification.kind != job::NotificationKind::FileTransferred; });
}

void Notifier::modified(const job::Id& id, Usec interval) {
    auto* queue = queue_of(id);
    if (!queue || !queue->object || queue->modification_due) return;
    queue->modification_due = std::max(outside_.now(), queue->modification_last + interval);
}

void Notifier::ranges_filled(const job::Id& id, uint32_t index, const std::vector<job::Range>& ranges,
                             Usec interval) {
    auto* queue = queue_of(id);
    if (!queue || !queue->object || ranges.empty()) return;
    auto& filled = queue->filled;
    if (filled.files.empty()) filled.due = std::max(outside_.now(), filled.last + interval);
    filled.interval = interval;
    auto& known = filled.files[index];
    known.insert(known.end(), ranges.begin(), ranges.end());
    known = job::merged(std::move(known));
}

void Notifier::forget(const job::Id& id) {
    queues_.erase(id);
}

void Notifier::service_works(uint32_t owner, const std::string& service) {
    if (launches_.erase({owner, service}) > 0) outside_.launches_changed(owner, service, 0);
}

void Notifier::restore_launches(uint32_t owner, const std::string& service, uint32_t count) {
    launches_[{owner, service}] = {count, outside_.now()};
}

Notifier::DeliveryQueue* Notifier::queue_of(const job::Id& id) {
    auto found = queues_.find(id);
    return found == queues_.end() ? nullptr : &found->second;
}

void Notifier::connection_lost(const std::string& unique_name) {
    std::erase_if(running_, [&](const auto& entry) { return entry.second == unique_name; });
    for (auto& [id, queue] : queues_)
        if (queue.object && queue.object->destination == unique_name) lose_object(id, queue);
}

void Notifier::set_active_users(std::set<uint32_t> uids) {
    std::erase_if(owners_without_bus_, [&](uint32_t uid) { return uids.contains(uid); });
    for (auto& [id, queue] : queues_) {
        bool came = uids.contains(queue.owner) && !users_.contains(queue.owner);
        if (!came || queue.object || !job::is_in_session(queue.service.name)) continue;
        queue.not_before = {};
        queue.refusals = 0;
    }
    users_ = std::move(uids);
}

/// Calls whatever is due and may be called now; asks to be woken for the earliest of the rest.
void Notifier::run() {
    auto now = outside_.now();
    std::optional<BootTime> next;
    for (auto& [id, queue] : queues_) {
        auto what = due(id, queue);
        if (!what) continue;
        auto when = what->when > now ? what->when : place_for(queue, what->call.target.destination, now);
        if (when && *when <= now)
            start(queue, what->call);
        else if (when)
            next = next ? std::min(*next, *when) : *when;
    }
    if (next) outside_.wake_at(*next);
}

/// The next thing to say about a job, to whom, and when.
std::optional<Notifier::Due> Notifier::due(const job::Id& id, const DeliveryQueue& queue) const {
    if (queue.in_flight) return std::nullopt;
    return queue.rows.empty() ? news_due(id, queue) : notification_due(id, queue);
}

std::optional<Notifier::Due> Notifier::notification_due(const job::Id& id, const DeliveryQueue& queue) const {
    const auto& notification = queue.rows.front().notification;
    if (queue.object) return Due{{id, notification, {}, *queue.object}, queue.not_before};
    if (queue.service.name.empty() || waits_for_bus(queue)) return std::nullopt;
    Target service{queue.service.name, queue.service.path, true};
    return Due{{id, notification, {}, service}, std::max(queue.not_before, launch_time(queue))};
}

/// FilledRanges or a modification, whichever is due first.
std::optional<Notifier::Due> Notifier::news_due(const job::Id& id, const DeliveryQueue& queue) {
    if (!queue.object) return std::nullopt;
    std::optional<Due> due;
    if (queue.modification_due) due = Due{{id, {}, {}, *queue.object}, *queue.modification_due};
    const auto& filled = queue.filled;
    if (filled.files.empty() || (due && due->when <= filled.due)) return due;
    const auto& [file, ranges] = *after(filled.files, filled.told);
    return Due{{id, {}, FilledRanges{file, ranges}, *queue.object}, filled.due};
}

BootTime Notifier::launch_time(const DeliveryQueue& queue) const {
    auto entry = launches_.find({queue.owner, queue.service.name});
    if (entry == launches_.end() || entry->second.count < 2 || is_running(queue.service.name)) return {};
    return entry->second.last +
           doubled(policy_.launch_delay, entry->second.count - 2, policy_.launch_delay_maximum);
}

std::optional<BootTime> Notifier::place_for(const DeliveryQueue& queue, const std::string& destination,
                                            BootTime now) const {
    if (called_.contains({queue.owner, destination})) return std::nullopt;
    auto flying = in_flight_.find(queue.owner);
    if (flying == in_flight_.end()) return now;
    const auto& begun = flying->second;
    if (begun.size() >= policy_.calls_at_most) return std::nullopt;
    auto oldest = begun.upper_bound(now - policy_.slow_after);
    auto counted = static_cast<uint32_t>(std::distance(oldest, begun.end()));
    if (counted < policy_.calls_in_flight) return now;
    return *oldest + policy_.slow_after;
}

/// Nobody tells of those on other buses.
bool Notifier::is_running(const std::string& service) const {
    return running_.contains(service);
}

bool Notifier::waits_for_bus(const DeliveryQueue& queue) const {
    return owners_without_bus_.contains(queue.owner) && job::is_in_session(queue.service.name);
}

/// While the user is there the bus should come; else there is none to be had before they come.
void Notifier::no_bus(DeliveryQueue& queue) {
    if (users_.contains(queue.owner))
        queue.not_before = back_off(queue);
    else
        owners_without_bus_.insert(queue.owner);
}

void Notifier::start(DeliveryQueue& queue, const Call& call) {
    int64_t row = call.notification ? queue.rows.front().row : 0;
    if (!call.notification) take_news(queue, call, outside_.now());
    bool in_session = job::is_in_session(call.target.destination);
    if (call.target.start && !in_session && !is_running(call.target.destination)) count_launch(queue);
    queue.in_flight = true;
    auto begun = outside_.now();
    in_flight_[queue.owner].insert(begun);
    called_.insert({queue.owner, call.target.destination});
    auto owner = queue.owner;
    outside_.call(call, [this, call, row, owner, begun](const Reply& reply) {
        auto& flying = in_flight_[owner];
        flying.erase(flying.find(begun));
        if (flying.empty()) in_flight_.erase(owner);
        called_.erase({owner, call.target.destination});
        finished(call, row, owner, reply);
        run();
    });
}

void Notifier::take_news(DeliveryQueue& queue, const Call& call, BootTime now) {
    if (!call.pieces) {
        queue.modification_due.reset();
        queue.modification_last = now;
        return;
    }
    auto& filled = queue.filled;
    filled.files.erase(call.pieces->file);
    filled.told = call.pieces->file;
    filled.last = now;
    filled.due = now + filled.interval;
}

void Notifier::drop_news(DeliveryQueue& queue) {
    queue.modification_due.reset();
    queue.filled.files.clear();
}

void Notifier::count_launch(const DeliveryQueue& queue) {
    auto& launches = launches_[{queue.owner, queue.service.name}];
    launches.count += 1;
    launches.last = outside_.now();
    outside_.launches_changed(queue.owner, queue.service.name, launches.count);
}

/// Whether a service on a session bus had to be started is not known, only whether somebody answered in the
/// end. One that does is not started in vain.
void Notifier::judge_launch(const DeliveryQueue& queue, CallOutcome verdict) {
    switch (verdict) {
    case CallOutcome::Acknowledged: return service_works(queue.owner, queue.service.name);
    case CallOutcome::Gone:
    case CallOutcome::Unanswered: return count_launch(queue);
    case CallOutcome::Refused:
    case CallOutcome::NoSuchObject:
    case CallOutcome::NoBus: return;
    }
}

void Notifier::finished(const Call& call, int64_t row, uint32_t owner, const Reply& reply) {
    if (call.target.start && !reply.sender.empty()) {
        running_[call.target.destination] = reply.sender;
        outside_.make_sure(reply.sender);
    }
    auto* waiting = queue_of(call.job);
    if (!waiting) return;
    auto& queue = *waiting;
    queue.in_flight = false;
    if (queue.owner != owner) return; // it was taken over: who answers has no part in it any more
    if (reply.verdict != CallOutcome::Unanswered) queue.unanswered = 0;
    if (!call.notification) {
        // Best effort: never repeated, but a vanished object is a vanished object.
        if (reply.verdict == CallOutcome::Gone && queue.object == call.target) lose_object(call.job, queue);
        return;
    }
    if (job::is_in_session(call.target.destination) && queue.service.name == call.target.destination)
        judge_launch(queue, reply.verdict);
    if (reply.verdict == CallOutcome::Acknowledged) {
        accepted(queue, row);
        answered_by(queue, call, reply.sender);
    } else {
        not_accepted(queue, call, reply.verdict);
    }
}

void Notifier::accepted(DeliveryQueue& queue, int64_t row) {
    queue.refusals = 0;
    queue.not_before = {};
    // It may have been taken back meanwhile.
    if (queue.rows.empty() || queue.rows.front().row != row) return;
    queue.rows.pop_front();
    outside_.acknowledged(row);
}

void Notifier::not_accepted(DeliveryQueue& queue, const Call& call, CallOutcome verdict) {
    bool to_object = queue.object == call.target;
    switch (verdict) {
    case CallOutcome::Acknowledged: return;
    case CallOutcome::Gone:
    case CallOutcome::NoSuchObject:
        // The service, if there is one, is tried at once.
        if (to_object) return lose_object(call.job, queue);
        break;
    case CallOutcome::Unanswered:
        if (to_object && ++queue.unanswered >= policy_.unanswered) return lose_object(call.job, queue);
        break;
    case CallOutcome::NoBus: return no_bus(queue);
    case CallOutcome::Refused: break;
    }
    if (queue.refusals == 0) outside_.delivery_failed(call, verdict);
    queue.not_before = back_off(queue);
}

/// The connection that answers for a service is the callback object from now on (BITS 5.4).
void Notifier::answered_by(DeliveryQueue& queue, const Call& call, const std::string& sender) {
    if (queue.service.name != call.target.destination || queue.object || sender.empty()) return;
    queue.object = Target{sender, call.target.path, false};
    outside_.object_changed(call.job);
}

void Notifier::lose_object(const job::Id& id, DeliveryQueue& queue) {
    queue.object.reset();
    queue.unanswered = 0;
    queue.refusals = 0;
    queue.not_before = {};
    drop_news(queue);
    outside_.object_changed(id);
}

BootTime Notifier::back_off(DeliveryQueue& queue) const {
    return outside_.now() + doubled(policy_.retry, queue.refusals++, policy_.retry_maximum);
}

std::optional<Target> Notifier::object_of(const job::Id& id) const {
    auto found = queues_.find(id);
    return found == queues_.end() ? std::nullopt : found->second.object;
}

bool Notifier::owes(const job::Id& id) const {
    auto found = queues_.find(id);
    if (found == queues_.end()) return false;
    const DeliveryQueue& queue = found->second;
    return !queue.rows.empty() && (queue.object || !queue.service.name.empty());
}

bool Notifier::busy() const {
    return std::any_of(queues_.begin(), queues_.end(), [](const auto& entry) {
        const DeliveryQueue& queue = entry.second;
        return queue.in_flight || queue.object || (!queue.rows.empty() && !queue.service.name.empty());
    });
}

bool Notifier::has_work() const {
    return std::any_of(queues_.begin(), queues_.end(), [](const auto& entry) {
        const DeliveryQueue& queue = entry.second;
        return !queue.rows.empty() && !queue.service.name.empty();
    });
}

} // namespace haulier::notify
