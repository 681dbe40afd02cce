// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/manager.hpp"

#include "base/log.hpp"
#include "daemon/common/journal.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <random>

namespace haulier::daemon {

namespace {

class SystemRandom final : public job::Random {
public:
    double fraction() override { return std::uniform_real_distribution<>{0.0, 1.0}(engine_); }

private:
    std::mt19937_64 engine_{std::random_device{}()};
};

constexpr Usec PauseAfterFailure{5'000'000};

/// The end has an event of its own, and the last step of progress is told with it.
bool is_told_otherwise(const job::Job& before, const JobRecord& entry) {
    auto state = entry.job.state;
    if (job::shown_as(before.state) != job::shown_as(state))
        return job::shown_as(state) == job::State::Transferred || state == job::State::Error;
    if (!job::is_running(state)) return false;
    auto tally = tally_of(entry);
    return tally.transferred == tally.total;
}

Error not_found(const job::Id& id) {
    return {Errc::NotFound, fmt::format("there is no job {}", id.hex)};
}

} // namespace

Manager::Manager(Loop& loop, const Clock& clock, const Config& config, Instance instance, store::Store store,
                 WorkerLauncher& launcher, std::function<void()> on_activity)
    : loop_(loop), clock_(clock), config_(config), instance_(instance),
      random_(std::make_unique<SystemRandom>()),
      commits_(
          loop, std::move(store),
          [this](std::vector<CommittedDecision> settled) { adopt(std::move(settled)); },
          [this] { on_commit_failed(); }),
      workers_(loop, config, launcher, *this), on_activity_(std::move(on_activity)) {}

Manager::~Manager() = default;

void Manager::connect(JobObserver& observer, notify::Notifier& notifier) {
    observer_ = &observer;
    notifier_ = &notifier;
}

Status Manager::load() {
    auto launches = commits_.store().load_launches();
    if (!launches) return launches.error();
    auto jobs = commits_.store().load_jobs();
    if (!jobs) return jobs.error();
    auto outbox = commits_.store().load_outbox();
    if (!outbox) return outbox.error();

    for (const auto& l : *launches)
        notifier_->restore_launches(l.owner, l.service, l.count);
    std::vector<CommittedDecision> recovered;
    for (auto& stored : *jobs)
        recovered.push_back(take_in(std::move(stored)));
    for (const auto& row : *outbox)
        notifier_->add(row.job, {row.row, row.notification});
    // Whoever ends now must know what is still to be told.
    for (const auto& r : recovered)
        act(r, *record_of(r.decision.job.id));
    if (!jobs->empty()) log::info(fmt::format("{} jobs are back", jobs->size()));
    go_on();
    // Nobody shall read what a power cut could still take back. Where that fails it is tried again.
    static_cast<void>(flush());
    return Done{};
}

/// A job of the last run of the daemon.
CommittedDecision Manager::take_in(store::StoredJob stored) {
    auto& entry = *(jobs_[stored.job.id] = std::make_unique<JobRecord>());
    auto decision = job::recover(stored.job, clock_.now());
    // What was cut off is told and kept, lest a failed request be made again.
    if (decision.job.state != stored.job.state) {
        journal::changed(stored.job, decision.job);
        commits_.stage(decision);
    }
    entry.job = decision.job;
    entry.files = std::move(stored.files);
    uint64_t text = job::memory_size(entry.job);
    for (const auto& file : entry.files)
        text += job::memory_size(file);
    book(entry, text);
    note_sources(entry);
    entry.queued_since = ++arrivals_;
    notifier_->add_job(entry.job.id, entry.job.owner, entry.job.notify_service);
    arm(entry);
    return {std::move(decision), {}, {}};
}

/// All values first, then the consequences: what is told or decided next must see everything that is true
/// now.
void Manager::adopt(std::vector<CommittedDecision> settled) {
    std::vector<News> news;
    for (auto& s : settled)
        news.push_back(adopt_values(s));
    usage_.clear_reserved();
    for (size_t i = 0; i < settled.size(); ++i) {
        auto& s = settled[i];
        auto* entry = record_of(s.decision.job.id);
        if (!entry) continue;
        if (news[i].before)
            tell(s, news[i], *entry);
        else
            announce_added(*entry);
        act(s, *entry);
        if (!s.then) continue;
        on_activity_(); // before anybody hears that it is done
        s.then(Done{});
    }
    go_on();
    on_activity_();
}

/// There may be something to run and something to say.
void Manager::go_on() {
    schedule_soon();
    notify_ = loop_.defer([this] { notifier_->run(); });
}

void Manager::stage(std::optional<job::Decision> decision) {
    if (decision) commits_.stage(std::move(*decision));
}

Manager::News Manager::adopt_values(CommittedDecision& s) {
    const auto& id = s.decision.job.id;
    auto& place = jobs_[id];
    News news;
    if (place)
        news.before = place->job;
    else
        place = std::make_unique<JobRecord>();
    auto& entry = *place;
    auto others = news.before ? entry.charge.load.text - memory_size(entry, s.decision.files) : 0;
    entry.job = s.decision.job;
    bool was_queued = news.before && news.before->state == job::State::Queued;
    if (entry.job.state == job::State::Queued && !was_queued) entry.queued_since = ++arrivals_;
    news.arrivals = adopt_files(entry, s.decision.files);
    book(entry, others + memory_size(entry, s.decision.files));
    if (!news.before) notifier_->add_job(id, entry.job.owner, entry.job.notify_service);
    if (s.decision.revoke_notifications) notifier_->revoke_final(id);
    for (const auto& row : s.notifications)
        notifier_->add(id, {row.row, row.notification});
    arm(entry);
    return news;
}

void Manager::act(const CommittedDecision& s, JobRecord& entry) {
    for (auto effect : s.decision.effects) {
        switch (effect) {
        case job::Effect::StopTransfers: stop_transfers(entry); break;
        case job::Effect::Publish: publish(entry.job.id); break;
        case job::Effect::DiscardAll: discard(entry.job.id, true); break;
        case job::Effect::DiscardUnfinished: discard(entry.job.id, false); break;
        }
    }
}

void Manager::announce_added(const JobRecord& entry) {
    journal::created(entry.job);
    observer_->added(entry);
}

void Manager::tell(const CommittedDecision& s, const News& news, JobRecord& entry) {
    const auto& before = *news.before;
    const auto& after = s.decision.job;
    for (auto index : news.arrivals.files)
        observer_->file_transferred(entry, index);
    for (const auto& [index, ranges] : news.arrivals.ranges)
        observer_->ranges_filled(entry, index, ranges);
    if (!(before == after)) observer_->changed(before, after);
    if (!s.decision.files.empty()) announce_progress(entry);
    if (before.owner != after.owner) notifier_->change_owner(after.id, after.owner);
    if (before.notify_service != after.notify_service) notifier_->set_service(after.id, after.notify_service);
    journal::changed(before, after);
    if (!after.notify_flags.disable) tell_client(news, entry);
}

/// What goes to the callback alone, and is not kept for later.
void Manager::tell_client(const News& news, const JobRecord& entry) {
    const auto& job = entry.job;
    auto interval = job.minimum_notification_interval;
    if (job.notify_flags.file_ranges_transferred)
        for (const auto& [index, ranges] : news.arrivals.ranges)
            notifier_->ranges_filled(job.id, index, ranges, interval);
    if (job.notify_flags.modification && !is_told_otherwise(*news.before, entry))
        notifier_->modified(job.id, interval);
}

JobRecord* Manager::record_of(const job::Id& id) {
    auto found = jobs_.find(id);
    return found == jobs_.end() ? nullptr : found->second.get();
}

/// The job as the next decision must see it: with what was decided in this turn.
Result<job::Job> Manager::latest(const job::Id& id) const {
    const auto* entry = find(id);
    if (!entry) return not_found(id);
    const auto* staged = commits_.staged_job(id);
    return staged ? *staged : entry->job;
}

job::File Manager::latest_file(const JobRecord& entry, uint32_t index) const {
    if (const auto* staged = commits_.staged_file(entry.job.id, index)) return *staged;
    return entry.files[index];
}

const JobRecord* Manager::find(const job::Id& id) const {
    auto found = jobs_.find(id);
    return found == jobs_.end() ? nullptr : found->second.get();
}

std::vector<const JobRecord*> Manager::list() const {
    std::vector<const JobRecord*> jobs;
    for (const auto& [id, entry] : jobs_)
        if (!job::is_final(entry->job.state)) jobs.push_back(entry.get());
    std::sort(jobs.begin(), jobs.end(),
              [](const JobRecord* a, const JobRecord* b) { return a->job.created < b->job.created; });
    return jobs;
}

uint32_t Manager::count() const {
    return usage_.all().jobs;
}

uint32_t Manager::count(uint32_t owner) const {
    return usage_.of(owner).jobs;
}

std::optional<notify::Target> Manager::object_of(const job::Id& id) const {
    return notifier_->object_of(id);
}

Result<std::vector<job::Range>> Manager::filled_ranges(const job::Id& id, uint32_t index) const {
    const auto* entry = find(id);
    if (!entry) return not_found(id);
    auto number = job::file_number(entry->job, index);
    if (!number) return number.error();
    return job::filled_ranges(entry->job, entry->files[*number]);
}

bool Manager::has_work() const {
    bool active = std::any_of(jobs_.begin(), jobs_.end(), [](const auto& e) {
        const auto& entry = *e.second;
        bool ending =
            entry.job.state == job::State::Publishing || (job::is_final(entry.job.state) && !entry.gone);
        return job::is_active(entry.job.state) || ending;
    });
    return active || notifier_->has_work();
}

bool Manager::owes_answers() const {
    bool ending = std::any_of(jobs_.begin(), jobs_.end(),
                              [](const auto& e) { return static_cast<bool>(e.second->ending); });
    return ending || questions_ > 0;
}

void Manager::reconfigured() {
    workers_.reconfigured();
    for (auto& [id, entry] : jobs_)
        if (!entry->gone) watch_expiry(*entry);
    schedule_soon();
}

bool Manager::busy() const {
    bool flies = !transfer_keys_.empty() || questions_ > 0 || !workers_.idle();
    return flies || has_work() || notifier_->busy();
}

void Manager::acknowledged(int64_t row) {
    commits_.acknowledge(row);
    let_go_soon();
    on_activity_();
}

void Manager::object_changed(const job::Id& id) {
    let_go_soon();
    on_activity_();
    if (const auto* entry = find(id)) observer_->object_changed(*entry);
}

/// The store failed, and decisions that nobody waits for are lost with it: what workers and clocks said, and
/// the ends of jobs. After a pause, so that a full disk does not make us hammer servers, all of it is derived
/// again.
void Manager::on_commit_failed() {
    usage_.clear_reserved();
    if (again_) return;
    schedule_.reset();
    again_ = loop_.after(PauseAfterFailure, [this] {
        again_.reset();
        for (auto& [id, entry] : jobs_) {
            arm(*entry);
            if (entry->end_under_way || entry->lingers || entry->gone) continue;
            if (entry->job.state == job::State::Publishing) publish(id);
            if (job::is_final(entry->job.state)) discard(id, entry->job.state == job::State::Cancelled);
        }
        schedule_soon();
    });
}

} // namespace haulier::daemon
