// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager.hpp"

#include "base/log.hpp"
#include "daemon/journal.hpp"

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
bool is_told_otherwise(const job::Job& before, const Entry& entry) {
    auto state = entry.job.state;
    if (before.state != state) return state == job::State::Transferred || state == job::State::Error;
    if (!job::is_running(state)) return false;
    auto tally = tally_of(entry);
    return tally.transferred == tally.total;
}

Error not_found(const job::Id& id) {
    return {Errc::NotFound, fmt::format("there is no job {}", id.hex)};
}

} // namespace

Manager::Manager(Loop& loop, const Clock& clock, const Config& config, Instance instance, store::Store store,
                 Hiring& hiring, std::function<void()> stirred)
    : loop_(loop), clock_(clock), config_(config), instance_(instance),
      random_(std::make_unique<SystemRandom>()),
      ledger_(
          loop, std::move(store), [this](std::vector<Settled> settled) { adopt(std::move(settled)); },
          [this] { stumbled(); }),
      crew_(loop, config, hiring, *this), stirred_(std::move(stirred)) {}

Manager::~Manager() = default;

void Manager::connect(Announcer& announcer, notify::Notifier& notifier) {
    announcer_ = &announcer;
    notifier_ = &notifier;
}

Status Manager::load() {
    auto launches = ledger_.store().load_launches();
    if (!launches) return launches.error();
    auto jobs = ledger_.store().load_jobs();
    if (!jobs) return jobs.error();
    auto outbox = ledger_.store().load_outbox();
    if (!outbox) return outbox.error();

    for (const auto& l : *launches)
        notifier_->recall_launches(l.owner, l.service, l.count);
    std::vector<Settled> recovered;
    for (auto& stored : *jobs)
        recovered.push_back(take_in(std::move(stored)));
    for (const auto& row : *outbox)
        notifier_->add(row.job, {row.row, row.notice});
    // Whoever ends now must know what is still to be told.
    for (const auto& r : recovered)
        act(r, *entry_of(r.decision.job.id));
    if (!jobs->empty()) log::info(fmt::format("{} jobs are back", jobs->size()));
    go_on();
    // Nobody shall read what a power cut could still take back. Where that fails it is tried again.
    static_cast<void>(flush());
    return Done{};
}

/// A job of the last run of the daemon.
Settled Manager::take_in(store::StoredJob stored) {
    auto& entry = *(entries_[stored.job.id] = std::make_unique<Entry>());
    auto decision = job::recover(stored.job, clock_.now());
    // What was cut off is told and kept, lest a failed request be made again.
    if (decision.job.state != stored.job.state) {
        journal::changed(stored.job, decision.job);
        ledger_.stage(decision);
    }
    entry.job = decision.job;
    entry.files = std::move(stored.files);
    uint64_t text = job::text_of(entry.job);
    for (const auto& file : entry.files)
        text += job::text_of(file);
    book(entry, text);
    note_sources(entry);
    entry.queued_since = ++arrivals_;
    notifier_->meet(entry.job.id, entry.job.owner, entry.job.notify_service);
    arm(entry);
    return {std::move(decision), {}, {}};
}

/// All values first, then the consequences: what is told or decided next must see everything that is true
/// now.
void Manager::adopt(std::vector<Settled> settled) {
    std::vector<News> news;
    for (auto& s : settled)
        news.push_back(adopt_values(s));
    accounts_.clear_reserved();
    for (size_t i = 0; i < settled.size(); ++i) {
        auto& s = settled[i];
        auto* entry = entry_of(s.decision.job.id);
        if (!entry) continue;
        if (news[i].before)
            tell(s, news[i], *entry);
        else
            greet(*entry);
        act(s, *entry);
        if (!s.then) continue;
        stirred_(); // before anybody hears that it is done
        s.then(Done{});
    }
    go_on();
    stirred_();
}

/// There may be something to run and something to say.
void Manager::go_on() {
    schedule_soon();
    notify_ = loop_.defer([this] { notifier_->run(); });
}

void Manager::stage(std::optional<job::Decision> decision) {
    if (decision) ledger_.stage(std::move(*decision));
}

Manager::News Manager::adopt_values(Settled& s) {
    const auto& id = s.decision.job.id;
    auto& place = entries_[id];
    News news;
    if (place)
        news.before = place->job;
    else
        place = std::make_unique<Entry>();
    auto& entry = *place;
    auto others = news.before ? entry.booking.load.text - text_of(entry, s.decision.files) : 0;
    entry.job = s.decision.job;
    bool was_queued = news.before && news.before->state == job::State::Queued;
    if (entry.job.state == job::State::Queued && !was_queued) entry.queued_since = ++arrivals_;
    news.arrivals = adopt_files(entry, s.decision.files);
    book(entry, others + text_of(entry, s.decision.files));
    if (!news.before) notifier_->meet(id, entry.job.owner, entry.job.notify_service);
    if (s.decision.void_notices) notifier_->void_ends(id);
    for (const auto& row : s.notices)
        notifier_->add(id, {row.row, row.notice});
    arm(entry);
    return news;
}

void Manager::act(const Settled& s, Entry& entry) {
    for (auto effect : s.decision.effects) {
        switch (effect) {
        case job::Effect::StopTransfers: stop_transfers(entry); break;
        case job::Effect::Publish: publish(entry.job.id); break;
        case job::Effect::DiscardAll: discard(entry.job.id, true); break;
        case job::Effect::DiscardUnfinished: discard(entry.job.id, false); break;
        }
    }
}

void Manager::greet(const Entry& entry) {
    journal::created(entry.job);
    announcer_->added(entry);
}

void Manager::tell(const Settled& s, const News& news, Entry& entry) {
    const auto& before = *news.before;
    const auto& after = s.decision.job;
    for (auto index : news.arrivals.files)
        announcer_->file_transferred(entry, index);
    for (const auto& [index, ranges] : news.arrivals.ranges)
        announcer_->ranges_filled(entry, index, ranges);
    if (!(before == after)) announcer_->changed(before, after);
    if (!s.decision.files.empty()) announce_progress(entry);
    if (before.owner != after.owner) notifier_->hand_over(after.id, after.owner);
    if (before.notify_service != after.notify_service) notifier_->set_service(after.id, after.notify_service);
    journal::changed(before, after);
    if (!after.notify_flags.disable) tell_client(news, entry);
}

/// What goes to the callback alone, and is not kept for later.
void Manager::tell_client(const News& news, const Entry& entry) {
    const auto& job = entry.job;
    auto interval = job.minimum_notification_interval;
    if (job.notify_flags.file_ranges_transferred)
        for (const auto& [index, ranges] : news.arrivals.ranges)
            notifier_->ranges_filled(job.id, index, ranges, interval);
    if (job.notify_flags.modification && !is_told_otherwise(*news.before, entry))
        notifier_->modified(job.id, interval);
}

Entry* Manager::entry_of(const job::Id& id) {
    auto found = entries_.find(id);
    return found == entries_.end() ? nullptr : found->second.get();
}

/// The job as the next decision must see it: with what was decided in this turn.
Result<job::Job> Manager::latest(const job::Id& id) const {
    const auto* entry = find(id);
    if (!entry) return not_found(id);
    const auto* staged = ledger_.staged_job(id);
    return staged ? *staged : entry->job;
}

job::File Manager::latest_file(const Entry& entry, uint32_t index) const {
    if (const auto* staged = ledger_.staged_file(entry.job.id, index)) return *staged;
    return entry.files[index];
}

const Entry* Manager::find(const job::Id& id) const {
    auto found = entries_.find(id);
    return found == entries_.end() ? nullptr : found->second.get();
}

std::vector<const Entry*> Manager::list() const {
    std::vector<const Entry*> jobs;
    for (const auto& [id, entry] : entries_)
        if (!job::is_final(entry->job.state)) jobs.push_back(entry.get());
    std::sort(jobs.begin(), jobs.end(),
              [](const Entry* a, const Entry* b) { return a->job.created < b->job.created; });
    return jobs;
}

uint32_t Manager::count() const {
    return accounts_.all().jobs;
}

uint32_t Manager::count(uint32_t owner) const {
    return accounts_.of(owner).jobs;
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
    bool active = std::any_of(entries_.begin(), entries_.end(), [](const auto& e) {
        const auto& entry = *e.second;
        bool ending = entry.job.completing || (job::is_final(entry.job.state) && !entry.gone);
        return job::is_active(entry.job.state) || ending;
    });
    return active || notifier_->has_work();
}

bool Manager::owes_answers() const {
    bool ending = std::any_of(entries_.begin(), entries_.end(),
                              [](const auto& e) { return static_cast<bool>(e.second->ending); });
    return ending || questions_ > 0;
}

void Manager::reconfigured() {
    crew_.reconfigured();
    for (auto& [id, entry] : entries_)
        if (!entry->gone) watch_expiry(*entry);
    schedule_soon();
}

bool Manager::busy() const {
    bool flies = !flown_.empty() || questions_ > 0 || !crew_.idle();
    return flies || has_work() || notifier_->busy();
}

void Manager::acknowledged(int64_t row) {
    ledger_.acknowledge(row);
    let_go_soon();
    stirred_();
}

void Manager::object_changed(const job::Id& id) {
    let_go_soon();
    stirred_();
    if (const auto* entry = find(id)) announcer_->object_changed(*entry);
}

/// The store failed, and decisions that nobody waits for are lost with it: what workers and clocks said, and
/// the ends of jobs. After a pause, so that a full disk does not make us hammer servers, all of it is derived
/// again.
void Manager::stumbled() {
    accounts_.clear_reserved();
    if (again_) return;
    schedule_.reset();
    again_ = loop_.after(PauseAfterFailure, [this] {
        again_.reset();
        for (auto& [id, entry] : entries_) {
            arm(*entry);
            if (entry->end_under_way || entry->lingers || entry->gone) continue;
            if (entry->job.completing) publish(id);
            if (job::is_final(entry->job.state)) discard(id, entry->job.state == job::State::Cancelled);
        }
        schedule_soon();
    });
}

} // namespace haulier::daemon
