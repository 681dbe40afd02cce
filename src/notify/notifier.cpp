// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/notifier.hpp"

#include "job/check.hpp"
#include "job/segments.hpp"

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

void Notifier::meet(const job::Id& id, uint32_t owner, const job::NotifyService& service) {
    auto& line = lines_[id];
    line.owner = owner;
    set_service(id, service);
}

void Notifier::set_service(const job::Id& id, const job::NotifyService& service) {
    auto* line = line_of(id);
    if (!line) return;
    line->service = service;
    line->not_before = {};
    line->refusals = 0;
    busless_.erase(line->owner); // whoever registers may well have a bus
}

void Notifier::set_object(const job::Id& id, std::optional<Target> object) {
    auto* line = line_of(id);
    if (!line) return;
    line->object = std::move(object);
    drop_news(*line); // what happened before is not news to the new one
    line->unanswered = 0;
    line->refusals = 0;
    line->not_before = {};
    if (line->object) outside_.make_sure(line->object->destination);
    outside_.object_changed(id);
}

void Notifier::hand_over(const job::Id& id, uint32_t owner) {
    auto* line = line_of(id);
    if (!line) return;
    for (const auto& row : std::exchange(line->rows, {}))
        outside_.acknowledged(row.row);
    line->owner = owner;
    line->service = {};
    set_object(id, std::nullopt);
}

void Notifier::add(const job::Id& id, const Row& row) {
    if (auto* line = line_of(id)) line->rows.push_back(row);
}

void Notifier::void_ends(const job::Id& id) {
    auto* line = line_of(id);
    if (!line) return;
    std::erase_if(line->rows, [](const Row& r) { return r.notice.kind != job::NoticeKind::FileTransferred; });
}

void Notifier::modified(const job::Id& id, Usec interval) {
    auto* line = line_of(id);
    if (!line || !line->object || line->modification_due) return;
    line->modification_due = std::max(outside_.now(), line->modification_last + interval);
}

void Notifier::ranges_filled(const job::Id& id, uint32_t index, const std::vector<job::Range>& ranges,
                             Usec interval) {
    auto* line = line_of(id);
    if (!line || !line->object || ranges.empty()) return;
    auto& filled = line->filled;
    if (filled.files.empty()) filled.due = std::max(outside_.now(), filled.last + interval);
    filled.interval = interval;
    auto& known = filled.files[index];
    known.insert(known.end(), ranges.begin(), ranges.end());
    known = job::merged(std::move(known));
}

void Notifier::forget(const job::Id& id) {
    lines_.erase(id);
}

void Notifier::service_works(uint32_t owner, const std::string& service) {
    if (launches_.erase({owner, service}) > 0) outside_.launches_changed(owner, service, 0);
}

void Notifier::recall_launches(uint32_t owner, const std::string& service, uint32_t count) {
    launches_[{owner, service}] = {count, outside_.now()};
}

Notifier::Line* Notifier::line_of(const job::Id& id) {
    auto found = lines_.find(id);
    return found == lines_.end() ? nullptr : &found->second;
}

void Notifier::connection_lost(const std::string& unique_name) {
    std::erase_if(running_, [&](const auto& entry) { return entry.second == unique_name; });
    for (auto& [id, line] : lines_)
        if (line.object && line.object->destination == unique_name) lose_object(id, line);
}

void Notifier::users_are(std::set<uint32_t> uids) {
    std::erase_if(busless_, [&](uint32_t uid) { return uids.contains(uid); });
    for (auto& [id, line] : lines_) {
        bool came = uids.contains(line.owner) && !users_.contains(line.owner);
        if (!came || line.object || !job::is_in_session(line.service.name)) continue;
        line.not_before = {};
        line.refusals = 0;
    }
    users_ = std::move(uids);
}

/// Calls whatever is due and may be called now; asks to be woken for the earliest of the rest.
void Notifier::run() {
    auto now = outside_.now();
    std::optional<BootTime> next;
    for (auto& [id, line] : lines_) {
        auto what = due(id, line);
        if (!what) continue;
        auto when = what->when > now ? what->when : place_for(line, what->call.target.destination, now);
        if (when && *when <= now)
            start(line, what->call);
        else if (when)
            next = next ? std::min(*next, *when) : *when;
    }
    if (next) outside_.wake_at(*next);
}

/// The next thing to say about a job, to whom, and when.
std::optional<Notifier::Due> Notifier::due(const job::Id& id, const Line& line) const {
    if (line.in_flight) return std::nullopt;
    return line.rows.empty() ? news_due(id, line) : notice_due(id, line);
}

std::optional<Notifier::Due> Notifier::notice_due(const job::Id& id, const Line& line) const {
    const auto& notice = line.rows.front().notice;
    if (line.object) return Due{{id, notice, {}, *line.object}, line.not_before};
    if (line.service.name.empty() || waits_for_bus(line)) return std::nullopt;
    Target service{line.service.name, line.service.path, true};
    return Due{{id, notice, {}, service}, std::max(line.not_before, launch_time(line))};
}

/// Pieces or a modification, whichever is due first.
std::optional<Notifier::Due> Notifier::news_due(const job::Id& id, const Line& line) {
    if (!line.object) return std::nullopt;
    std::optional<Due> due;
    if (line.modification_due) due = Due{{id, {}, {}, *line.object}, *line.modification_due};
    const auto& filled = line.filled;
    if (filled.files.empty() || (due && due->when <= filled.due)) return due;
    const auto& [file, ranges] = *after(filled.files, filled.told);
    return Due{{id, {}, Pieces{file, ranges}, *line.object}, filled.due};
}

BootTime Notifier::launch_time(const Line& line) const {
    auto entry = launches_.find({line.owner, line.service.name});
    if (entry == launches_.end() || entry->second.count < 2 || is_running(line.service.name)) return {};
    return entry->second.last +
           doubled(policy_.launch_delay, entry->second.count - 2, policy_.launch_delay_maximum);
}

std::optional<BootTime> Notifier::place_for(const Line& line, const std::string& destination,
                                            BootTime now) const {
    if (called_.contains({line.owner, destination})) return std::nullopt;
    auto flying = in_flight_.find(line.owner);
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

bool Notifier::waits_for_bus(const Line& line) const {
    return busless_.contains(line.owner) && job::is_in_session(line.service.name);
}

/// While the user is there the bus should come; else there is none to be had before they come.
void Notifier::no_bus(Line& line) {
    if (users_.contains(line.owner))
        line.not_before = back_off(line);
    else
        busless_.insert(line.owner);
}

void Notifier::start(Line& line, const Call& call) {
    int64_t row = call.notice ? line.rows.front().row : 0;
    if (!call.notice) take_news(line, call, outside_.now());
    bool in_session = job::is_in_session(call.target.destination);
    if (call.target.start && !in_session && !is_running(call.target.destination)) count_launch(line);
    line.in_flight = true;
    auto begun = outside_.now();
    in_flight_[line.owner].insert(begun);
    called_.insert({line.owner, call.target.destination});
    auto owner = line.owner;
    outside_.call(call, [this, call, row, owner, begun](const Reply& reply) {
        auto& flying = in_flight_[owner];
        flying.erase(flying.find(begun));
        if (flying.empty()) in_flight_.erase(owner);
        called_.erase({owner, call.target.destination});
        finished(call, row, owner, reply);
        run();
    });
}

void Notifier::take_news(Line& line, const Call& call, BootTime now) {
    if (!call.pieces) {
        line.modification_due.reset();
        line.modification_last = now;
        return;
    }
    auto& filled = line.filled;
    filled.files.erase(call.pieces->file);
    filled.told = call.pieces->file;
    filled.last = now;
    filled.due = now + filled.interval;
}

void Notifier::drop_news(Line& line) {
    line.modification_due.reset();
    line.filled.files.clear();
}

void Notifier::count_launch(const Line& line) {
    auto& launches = launches_[{line.owner, line.service.name}];
    launches.count += 1;
    launches.last = outside_.now();
    outside_.launches_changed(line.owner, line.service.name, launches.count);
}

/// Whether a service on a session bus had to be started is not known, only whether somebody answered in the
/// end. One that does is not started in vain.
void Notifier::judge_launch(const Line& line, Verdict verdict) {
    switch (verdict) {
    case Verdict::Acknowledged: return service_works(line.owner, line.service.name);
    case Verdict::Gone:
    case Verdict::Unanswered: return count_launch(line);
    case Verdict::Refused:
    case Verdict::NoSuchObject:
    case Verdict::NoBus: return;
    }
}

void Notifier::finished(const Call& call, int64_t row, uint32_t owner, const Reply& reply) {
    if (call.target.start && !reply.sender.empty()) {
        running_[call.target.destination] = reply.sender;
        outside_.make_sure(reply.sender);
    }
    auto* waiting = line_of(call.job);
    if (!waiting) return;
    auto& line = *waiting;
    line.in_flight = false;
    if (line.owner != owner) return; // it was taken over: who answers has no part in it any more
    if (reply.verdict != Verdict::Unanswered) line.unanswered = 0;
    if (!call.notice) {
        // Best effort: never repeated, but a vanished object is a vanished object.
        if (reply.verdict == Verdict::Gone && line.object == call.target) lose_object(call.job, line);
        return;
    }
    if (job::is_in_session(call.target.destination) && line.service.name == call.target.destination)
        judge_launch(line, reply.verdict);
    if (reply.verdict == Verdict::Acknowledged) {
        accepted(line, row);
        answered_by(line, call, reply.sender);
    } else {
        not_accepted(line, call, reply.verdict);
    }
}

void Notifier::accepted(Line& line, int64_t row) {
    line.refusals = 0;
    line.not_before = {};
    // It may have been taken back meanwhile.
    if (line.rows.empty() || line.rows.front().row != row) return;
    line.rows.pop_front();
    outside_.acknowledged(row);
}

void Notifier::not_accepted(Line& line, const Call& call, Verdict verdict) {
    bool to_object = line.object == call.target;
    switch (verdict) {
    case Verdict::Acknowledged: return;
    case Verdict::Gone:
    case Verdict::NoSuchObject:
        // The service, if there is one, is tried at once.
        if (to_object) return lose_object(call.job, line);
        break;
    case Verdict::Unanswered:
        if (to_object && ++line.unanswered >= policy_.unanswered) return lose_object(call.job, line);
        break;
    case Verdict::NoBus: return no_bus(line);
    case Verdict::Refused: break;
    }
    if (line.refusals == 0) outside_.not_told(call, verdict);
    line.not_before = back_off(line);
}

/// The connection that answers for a service is the callback object from now on (BITS 5.4).
void Notifier::answered_by(Line& line, const Call& call, const std::string& sender) {
    if (line.service.name != call.target.destination || line.object || sender.empty()) return;
    line.object = Target{sender, call.target.path, false};
    outside_.object_changed(call.job);
}

void Notifier::lose_object(const job::Id& id, Line& line) {
    line.object.reset();
    line.unanswered = 0;
    line.refusals = 0;
    line.not_before = {};
    drop_news(line);
    outside_.object_changed(id);
}

BootTime Notifier::back_off(Line& line) const {
    return outside_.now() + doubled(policy_.retry, line.refusals++, policy_.retry_maximum);
}

std::optional<Target> Notifier::object_of(const job::Id& id) const {
    auto found = lines_.find(id);
    return found == lines_.end() ? std::nullopt : found->second.object;
}

bool Notifier::owes(const job::Id& id) const {
    auto found = lines_.find(id);
    if (found == lines_.end()) return false;
    const Line& line = found->second;
    return !line.rows.empty() && (line.object || !line.service.name.empty());
}

bool Notifier::busy() const {
    return std::any_of(lines_.begin(), lines_.end(), [](const auto& entry) {
        const Line& line = entry.second;
        return line.in_flight || line.object || (!line.rows.empty() && !line.service.name.empty());
    });
}

bool Notifier::has_work() const {
    return std::any_of(lines_.begin(), lines_.end(), [](const auto& entry) {
        const Line& line = entry.second;
        return !line.rows.empty() && !line.service.name.empty();
    });
}

} // namespace haulier::notify
