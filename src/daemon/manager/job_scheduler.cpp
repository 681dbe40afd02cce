// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/job_scheduler.hpp"

#include "base/log.hpp"
#include "job/outcomes.hpp"

#include <algorithm>
#include <utility>

namespace haulier::daemon {

void JobScheduler::schedule_soon() {
    if (!scheduled_ && !paused_) scheduled_ = context_.loop.defer([this] { schedule(); });
}

void JobScheduler::pause() {
    paused_ = true;
    scheduled_.reset();
    permits_.announce(conditions_, context_.clock.now().wall);
}

void JobScheduler::resume() {
    paused_ = false;
    review_all_soon(); // decisions were lost
}

void JobScheduler::schedule() {
    scheduled_.reset();
    auto now = context_.clock.now();
    review(now);
    look_at_permits(now);
    auto slots = next_slots(now);
    for (const auto& id : slots.preempt) {
        if (const auto* record = context_.jobs.find(id))
            context_.commits.stage(job::interrupted(record->working(), now));
        permits_.take_slot(id);
    }
    for (const auto& id : slots.grant) {
        if (const auto* record = context_.jobs.find(id))
            context_.commits.stage(job::granted(record->working(), now));
        permits_.grant_slot(id, now.boot);
    }
    permits_.announce(conditions_, now.wall);
    slice_.reset();
    if (slots.next_deadline) slice_ = context_.loop.at(*slots.next_deadline, [this] { schedule_soon(); });
    for (const auto& id : index_.running()) {
        auto* record = context_.jobs.find(id);
        if (record && record->only_progresses() && job::is_running(record->working().state))
            runner_.fill(*record);
    }
}

/// Looks at the jobs that have changed, and at all of them only if that is necessary.
void JobScheduler::review(Now now) {
    auto jobs = context_.jobs.take_touched();
    for (auto& id : index_.due(now.wall))
        jobs.push_back(std::move(id));
    if (std::exchange(review_all_, false))
        for (const auto& [id, record] : context_.jobs)
            jobs.push_back(id);
    std::sort(jobs.begin(), jobs.end());
    jobs.erase(std::unique(jobs.begin(), jobs.end()), jobs.end());
    for (const auto& id : jobs)
        review(id, now);
}

/// Jobs that are changing are not changed once more; they are looked at again when the change is durable.
void JobScheduler::review(const job::Id& id, Now now) {
    const auto* record = context_.jobs.find(id);
    if (!record) return index_.erase(id);
    if (!record->is_changing() && !apply_bar(*record, now) && !apply_login_policy(*record, now))
        apply_environment(*record, now);
    index_.place(*record, now);
}

void JobScheduler::review_all_soon() {
    review_all_ = true;
    schedule_soon();
}

void JobScheduler::look_at_permits(Now now) {
    auto set_bars = [this](job::Job& like) {
        like.clocks.bar = bar_of(like);
        like.clocks.owner_away = is_away(like.owner);
    };
    permits_.review(set_bars, conditions_, now.wall);
    permit_date_.reset();
    if (auto date = permits_.next_date(now.wall); date != WallTime{})
        permit_date_ = context_.loop.at_date(date, [this] { schedule_soon(); });
}

void JobScheduler::review_permits() {
    auto now = context_.clock.now();
    look_at_permits(now);
    permits_.announce(conditions_, now.wall);
    schedule_soon();
}

/// The first jobs of each pool that could start, as many as can get a slot in one call of job::schedule().
std::vector<job::Waiting> JobScheduler::first_in_line(Now now) {
    using Next = job::ReadyQueue::Next;
    std::vector<job::Waiting> waiting;
    std::vector<job::Id> early; // the wall clock was set back
    for (const auto& pool : index_.ready().pools()) {
        auto most = job::most_grants(pool.foreground ? context_.config.foreground_jobs
                                                     : context_.config.jobs_at_once);
        size_t found = 0;
        index_.ready().walk(pool, [&](const job::Id& id) {
            const auto& record = *context_.jobs.find(id);
            const auto& job = record.working();
            if (record.is_changing() || record.changing_owner) return Next::Job;
            if (job::readiness(job, now.wall) != job::Readiness::Ready) {
                early.push_back(id);
                return Next::Job;
            }
            switch (runner_.prospects_of(record)) {
            case StartProspect::Good: break;
            case StartProspect::Later: return Next::Job;
            case StartProspect::ServerFull: return Next::Line;
            }
            waiting.push_back(job::as_waiting(job, record.queued_since));
            return ++found > most ? Next::End : Next::Job;
        });
    }
    for (const auto& id : early)
        index_.place(*context_.jobs.find(id), now);
    return waiting;
}

/// Decisions of this turn count.
job::Schedule JobScheduler::next_slots(Now now) {
    auto waiting = first_in_line(now);
    auto running = permits_.with_slot();
    for (auto& permit : permits_.waiting_for_slot(conditions_, now.wall))
        waiting.push_back(std::move(permit));
    for (const auto& id : index_.running())
        running.push_back(job::as_running(context_.jobs.find(id)->working()));
    const auto& config = context_.config;
    job::SchedulePolicy policy{config.jobs_at_once, config.time_slice, config.foreground_jobs};
    auto slots = job::schedule(std::move(waiting), std::move(running), policy, now.boot, std::move(served_));
    served_ = slots.served;
    return slots;
}

/// Stops a job that may not run now, and queues one that may run again.
void JobScheduler::apply_environment(const JobRecord& record, Now now) {
    const auto& job = record.working();
    if (job.clocks.bar && !job::is_running(job.state)) return;
    auto cause = job::blocked_by(job, record.reach, conditions_);
    std::optional<job::Decision> decision;
    if (cause)
        decision = job::blocked(job, *cause, now);
    else if (job.state == job::State::Blocked)
        decision = job::try_again(job, record.working_files(), now);
    context_.commits.stage(std::move(decision));
}

std::optional<job::Bar> JobScheduler::bar_of(const job::Job& job) const {
    if (auto until = job::held_until(holds_, job.owner)) return job::Bar{job::Bar::Why::Held, *until};
    if (auto until = job::closed_until(hour_, job.priority == job::Priority::Foreground))
        return job::Bar{job::Bar::Why::Window, *until};
    return std::nullopt;
}

/// True if that has changed.
bool JobScheduler::apply_bar(const JobRecord& record, Now now) {
    const auto& job = record.working();
    auto decision = job::bar_is(job, record.working_files(), bar_of(job), now);
    bool changes = decision.has_value();
    context_.commits.stage(std::move(decision));
    return changes;
}

void JobScheduler::set_holds(const job::Holds& holds) {
    holds_ = holds;
    review_all_soon();
    if (!paused_) review(context_.clock.now());
}

void JobScheduler::set_hour(const job::BandwidthHour& hour) {
    hour_ = hour;
    review_all_soon();
    if (!paused_) review(context_.clock.now());
}

/// Jobs of users who have to be logged in wait until they are.
bool JobScheduler::is_away(uint32_t owner) const {
    return context_.config.require_login && instance_ == Instance::System && job::can_log_in(owner) &&
           users_.count(owner) == 0;
}

/// True if that has changed.
bool JobScheduler::apply_login_policy(const JobRecord& record, Now now) {
    const auto& job = record.working();
    auto decision = job::owner_is(job, is_away(job.owner), now);
    bool changes = decision.has_value();
    context_.commits.stage(std::move(decision));
    return changes;
}

void JobScheduler::set_active_users(std::set<uint32_t> users) {
    users_ = std::move(users);
    review_all_soon();
}

void JobScheduler::reconfigured() {
    review_all_soon();
}

void JobScheduler::set_conditions(const job::Conditions& conditions) {
    auto before = std::exchange(conditions_, conditions);
    bool was_online = before.online;
    if (conditions.online != was_online)
        log::info(conditions.online ? "there is a network" : "there is no network");
    context_.announcer.observer().conditions_changed();
    context_.on_activity();
    // What is known of servers was known of the way to them, too.
    bool other_way = conditions.ways_out != before.ways_out;
    if (was_online && (!conditions.online || other_way)) runner_.hosts().forget_all();
    // All jobs that wait are tried again, whatever they wait for: their failures may have had the same cause
    // as the loss of the network (BITS 2.3).
    if (conditions.online && !was_online)
        for (const auto& [id, record] : context_.jobs)
            context_.commits.stage(
                job::try_again(record->working(), record->working_files(), context_.clock.now()));
    review_all_soon();
}

} // namespace haulier::daemon
