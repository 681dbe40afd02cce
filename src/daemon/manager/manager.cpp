// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/manager.hpp"

#include "base/log.hpp"
#include "job/file_state.hpp"
#include "job/notify_service.hpp"
#include "job/outcomes.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <utility>

namespace haulier::daemon {

namespace {

/// Until a failing store is examined. A disk that is full now and then must not make us ask servers again and
/// again.
constexpr Usec FirstPause{1'000'000};
constexpr Usec PauseWhileFailing{5'000'000};
constexpr Usec LongestPause{60'000'000};
constexpr Usec ShutdownLimit{10'000'000};

/// The job ran when the last run of the daemon ended, and what follows from that is not stored yet.
bool is_cut_off(const job::Job& job) {
    return job::is_running(job.state) && !job.clocks.active_since;
}

bool is_step(const CommittedDecision& d) {
    return d.change && d.change->before && d.change->before->state == d.change->after->state && !d.then;
}

/// Which decisions are followed by another one about the same job, where both are reports of progress of some
/// kind.
std::vector<bool> steps_that_go_on(const std::vector<CommittedDecision>& decisions) {
    std::vector<bool> go_on(decisions.size());
    std::map<job::Id, bool> next_is_step;
    for (size_t i = decisions.size(); i > 0; --i) {
        const auto& d = decisions[i - 1];
        if (!d.change) continue;
        auto& next = next_is_step[d.change->after->id];
        go_on[i - 1] = is_step(d) && next;
        next = is_step(d);
    }
    return go_on;
}

/// What depends on the stored values of a job is updated once, after the last of several decisions in a row.
bool is_last_in_row(const std::vector<CommittedDecision>& decisions, size_t i) {
    if (i + 1 == decisions.size() || !decisions[i + 1].change) return true;
    return decisions[i].change->after->id != decisions[i + 1].change->after->id;
}

} // namespace

Manager::Manager(Loop& loop, const Clock& clock, job::Random& random, const Config& config, Instance instance,
                 store::Store store, Workers& workers, std::function<void()> on_activity,
                 std::function<void()> on_broken_store)
    : loop_(loop), clock_(clock), config_(config), workers_(workers), on_activity_(std::move(on_activity)),
      on_broken_store_(std::move(on_broken_store)), jobs_(usage_, usual_visibility(instance)),
      announcer_(loop, clock), requests_(on_activity_),
      commits_(
          loop, std::move(store), jobs_,
          [this](std::vector<CommittedDecision> decisions) { committed(std::move(decisions)); },
          [this] { commit_failed(); }, [this] { store_recovered(); }),
      context_{loop,     clock,      config,    workers,    jobs_,
               commits_, announcer_, requests_, bandwidth_, on_activity_},
      discards_(context_), namer_(context_), lifecycle_(context_, discards_),
      admission_(config, instance, jobs_, usage_,
                 [this](uint32_t owner) { lifecycle_.evict_removed(owner); }),
      runner_(context_, admission_, random, [this] { transfer_ended(); }), permits_(context_),
      scheduler_(context_, instance, runner_, permits_),
      holds_(context_, [this](const job::Holds& holds) { scheduler_.set_holds(holds); }),
      bandwidth_(context_, [this](const job::BandwidthHour& hour) { scheduler_.set_hour(hour); }),
      clocks_(context_, {[this] { scheduler_.schedule_soon(); },
                         [this](JobRecord& record) { lifecycle_.forget(record); }}),
      storage_(context_), history_(context_), validation_(context_, admission_),
      ownership_(context_, admission_, [this] { scheduler_.schedule_soon(); }) {
    workers.listen(runner_);
}

void Manager::connect(JobObserver& observer, notify::Notifier& notifier) {
    announcer_.connect(observer, notifier);
}

Status Manager::load() {
    auto launches = commits_.store().load_launches();
    if (!launches) return launches.error();
    auto jobs = commits_.store().load_jobs();
    if (!jobs) return jobs.error();
    auto outbox = commits_.store().load_outbox();
    if (!outbox) return outbox.error();
    auto rests = commits_.store().load_rests();
    if (!rests) return rests.error();
    auto discards = commits_.store().load_discards();
    if (!discards) return discards.error();
    if (auto held = holds_.load(); !held) return held;
    if (auto limited = bandwidth_.load(); !limited) return limited;

    for (const auto& l : *launches)
        announcer_.notifier().restore_launches(l.owner, job::notify_service_of(l.service, {}), l.count);
    runner_.hosts().restore_rests(*rests);
    auto count = jobs->size();
    jobs_.reserve(count);
    for (; !jobs->empty(); jobs->pop_front())
        restore(std::move(jobs->front()));
    for (const auto& row : *outbox)
        announcer_.notifier().add(row.job, row.row, row.notification);
    // Jobs that end now may have notifications that are yet to be delivered.
    for (const auto& [id, record] : jobs_) {
        namer_.restart(*record);
        act(job::effects_to_repeat(record->durable()), id);
    }
    discards_.restore(std::move(*discards));
    history_.configure();
    if (count > 0) log::info(fmt::format("{} jobs are back", count));
    scheduler_.schedule_soon();
    run_notifier_soon();
    // Clients must not read what a power cut could still undo. If this fails, it is tried again.
    static_cast<void>(flush());
    return Done{};
}

/// A job of the last run of the daemon. A request that was cut off has failed, and must not be made again
/// after another restart.
void Manager::restore(store::StoredJob stored) {
    auto now = clock_.now();
    auto before = job::is_running(stored.job.state) ? std::optional{stored.job} : std::nullopt;
    auto decision = job::recover(std::move(stored.job), now);
    for (auto& file : stored.files)
        job::recover(file, now);
    if (auto barred = job::bar_is(decision.job, stored.files, scheduler_.bar_of(decision.job), now))
        decision.job = std::move(barred->job);
    bool changes = before && decision.job.state != before->state;
    auto& record = jobs_.restore(std::move(changes ? *before : decision.job), std::move(stored.files));
    announcer_.restored(record);
    clocks_.arm(record);
    storage_.watch(record);
    if (changes) commits_.stage(std::move(decision));
}

/// All values and timers first, then the consequences: what is announced or decided next must see everything
/// that is true now.
void Manager::committed(std::vector<CommittedDecision> decisions) {
    for (size_t i = 0; i < decisions.size(); ++i) {
        const auto& d = decisions[i];
        if (!d.change) continue;
        announcer_.queue_notifications(d);
        bool was_running = d.change->before && job::is_running(d.change->before->state);
        if (was_running && d.change->before->bandwidth_limit != d.change->after->bandwidth_limit)
            bandwidth_.changed(*d.change->after);
        if (!is_last_in_row(decisions, i)) continue;
        auto& record = *jobs_.find(d.change->after->id);
        clocks_.arm(record);
        storage_.watch(record);
        if (job::is_final(record.durable().state)) history_.grown();
    }
    auto goes_on = steps_that_go_on(decisions);
    for (size_t i = 0; i < decisions.size(); ++i) {
        const auto& d = decisions[i];
        auto* record = d.change ? jobs_.find(d.change->after->id) : nullptr;
        if (record) {
            announcer_.announce(d, *record, goes_on[i]);
            act(d.effects, d.change->after->id);
            namer_.name(d.change->after->id, d.change->to_be_named);
            lifecycle_.discard_files(d.change->after->id, d.change->needless);
        }
        if (!d.then) continue;
        on_activity_(); // before anyone is told that it is done
        d.then(Done{});
    }
    scheduler_.schedule_soon();
    run_notifier_soon();
    on_activity_();
}

/// Decisions that no client waits for are lost with the others: reports of workers, timers, and the ends of
/// jobs. Data that is fetched now could not be stored either.
void Manager::commit_failed() {
    if (retry_) return;
    scheduler_.pause();
    for (auto& [id, record] : jobs_)
        runner_.stop(*record);
    bool fails_again = clock_.now().boot < stored_again_ + LongestPause;
    store_pause_ = fails_again ? std::min(2 * store_pause_, LongestPause) : FirstPause;
    examine_store_later();
    announce_wait_reasons();
}

void Manager::examine_store_later() {
    retry_ = loop_.at(clock_.now().boot + store_pause_, [this] {
        retry_.reset();
        switch (commits_.examine()) {
        case store::Health::Sound: return store_recovered();
        case store::Health::Failing:
            store_pause_ = std::max(store_pause_, PauseWhileFailing);
            return examine_store_later();
        case store::Health::MustReopen:
            if (on_broken_store_) on_broken_store_();
        }
    });
}

/// Lost decisions are derived again.
void Manager::store_recovered() {
    retry_.reset();
    stored_again_ = clock_.now().boot;
    for (auto& [id, record] : jobs_) {
        if (!record->is_durable()) continue;
        clocks_.arm(*record);
        namer_.restart(*record);
        lifecycle_.restart(*record);
        if (is_cut_off(record->durable())) commits_.stage(job::recover(record->durable(), clock_.now()));
    }
    ask_again();
    if (!end_ && !retry_) scheduler_.resume();
    announce_wait_reasons();
}

void Manager::announce_wait_reasons() {
    for (const auto& [id, record] : jobs_)
        if (record->is_durable() && job::is_active(record->durable().state))
            announcer_.observer().wait_reason_changed(*record);
}

void Manager::act(const std::vector<job::Effect>& effects, const job::Id& id) {
    for (auto effect : effects) {
        switch (effect) {
        case job::Effect::StopTransfers: runner_.stop(*jobs_.find(id)); break;
        case job::Effect::PublishFinished: lifecycle_.publish_finished(id); break;
        case job::Effect::Publish: lifecycle_.publish(id); break;
        case job::Effect::DiscardAll: lifecycle_.discard(id, true); break;
        case job::Effect::DiscardUnfinished: lifecycle_.discard(id, false); break;
        }
    }
}

void Manager::run_notifier_soon() {
    notify_ = loop_.defer([this] { announcer_.notifier().run(); });
}

void Manager::transfer_ended() {
    scheduler_.schedule_soon();
    end_if_quiet();
}

const JobRecord* Manager::find(const job::Id& id) const {
    const auto* record = jobs_.find(id);
    return record && record->is_durable() ? record : nullptr;
}

std::optional<notify::Target> Manager::object_of(const job::Id& id) const {
    return announcer_.notifier().object_of(id);
}

Result<std::vector<job::Range>> Manager::filled_ranges(const job::Id& id, uint32_t index) const {
    const auto* record = find(id);
    if (!record) return not_found(id);
    auto number = job::file_number(record->durable(), index);
    if (!number) return number.error();
    return job::filled_ranges(record->durable(), record->durable_file(*number));
}

bool Manager::has_work() const {
    return jobs_.has_work() || announcer_.notifier().has_work();
}

bool Manager::busy() const {
    bool working = !runner_.is_idle() || owes_answers() || !workers_.idle();
    return working || has_work() || announcer_.notifier().busy() || !permits_.empty();
}

void Manager::clock_was_set() {
    bandwidth_.review();
    for (const auto& [id, record] : jobs_) {
        const auto& waiting = record->waiting_files();
        commits_.stage(job::wait_is_over(record->working(), record->working_files(),
                                         {waiting.begin(), waiting.end()}, job::Wait::Clock, clock_.now()));
    }
}

void Manager::reconfigured() {
    workers_.reconfigured();
    history_.configure();
    for (auto& [id, record] : jobs_)
        if (record->is_durable() && record->phase != Phase::Removed) clocks_.watch_expiry(*record);
    bandwidth_.review();
    scheduler_.reconfigured();
}

void Manager::acknowledged(int64_t row) {
    commits_.acknowledge(row);
    lifecycle_.forget_delivered_soon();
    on_activity_();
}

void Manager::object_changed(const job::Id& id) {
    lifecycle_.forget_delivered_soon();
    on_activity_();
    if (const auto* record = find(id)) announcer_.observer().object_changed(*record);
}

void Manager::shut_down(std::function<void()> done) {
    if (end_) return;
    end_ = std::move(done);
    scheduler_.pause();
    for (auto& [id, record] : jobs_)
        runner_.stop(*record);
    end_deadline_ = loop_.at(clock_.now().boot + ShutdownLimit, [this] { end_(); });
    end_if_quiet();
}

void Manager::end_if_quiet() {
    if (!end_ || !runner_.is_idle()) return;
    // After the commit of the last checkpoints.
    end_deadline_ = loop_.defer(end_, EventPriority::Last);
}

} // namespace haulier::daemon
