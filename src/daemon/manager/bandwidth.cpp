// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/bandwidth.hpp"

#include "daemon/common/local_time.hpp"
#include "job/budget.hpp"
#include "job/state.hpp"

#include <algorithm>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr Usec CountInterval{1'000'000};
/// The machine may be moved to another time zone.
constexpr Usec ReviewInterval = std::chrono::hours{1};

/// Returns the stricter limit; 0 = no limit.
uint64_t stricter(uint64_t a, uint64_t b) {
    if (a == 0 || b == 0) return std::max(a, b);
    return std::min(a, b);
}

std::optional<uint64_t> stricter(std::optional<uint64_t> a, std::optional<uint64_t> b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
}

/// While the schedule allows no transfers, only requests that cannot be repeated go on, without a limit.
std::optional<uint64_t> unless_closed(std::optional<uint64_t> limit) {
    return limit && *limit == 0 ? std::nullopt : limit;
}

uint64_t rate_of(uint64_t bytes, Usec time) {
    constexpr double Second = 1e6;
    return static_cast<uint64_t>(static_cast<double>(bytes) * Second / static_cast<double>(time.count()));
}

} // namespace

// ---- the limits ----

Status Bandwidth::load() {
    auto stored = context_.commits.store().load_user_limits();
    if (!stored) return stored.error();
    for (const auto& limit : *stored)
        users_[limit.owner] = limit.bandwidth;
    review();
    return Done{};
}

void Bandwidth::review() {
    auto now = context_.clock.now().wall;
    const auto& config = context_.config;
    auto before = std::exchange(hour_, job::hour_at(config.bandwidth_schedule, now, local_time));
    change_.reset();
    if (!config.bandwidth_schedule.empty()) {
        auto next = std::min(hour_.changes.value_or(now + ReviewInterval), now + ReviewInterval);
        change_ = context_.loop.at_date(next, [this] { review(); });
    }
    std::optional<uint64_t> own;
    if (config.bandwidth_limit > 0) own = config.bandwidth_limit;
    MachineBandwidth machine{{stricter(own, hour_.allowance.all), stricter(own, hour_.allowance.background)},
                             hour_.changes};
    bool differs = !(machine == std::exchange(machine_, machine));
    if (!(hour_ == before)) hour_changed_(hour_);
    if (!differs) return;
    deal();
    context_.announcer.observer().machine_bandwidth_changed();
}

void Bandwidth::limit_user(uint32_t owner, uint64_t limit, const Callback<Done>& reply) {
    if (auto valid = job::check_bandwidth_limit(limit); !valid) return reply(valid.error());
    context_.commits.set_user_limit({owner, limit}, adopting(owner, limit, reply));
}

Callback<Done> Bandwidth::adopting(uint32_t owner, uint64_t limit, const Callback<Done>& reply) {
    return [this, owner, limit, reply](const Status& stored) {
        if (!stored) return reply(stored.error());
        if (limit == 0)
            users_.erase(owner);
        else
            users_[owner] = limit;
        tell(owner);
        context_.announcer.observer().user_bandwidth_changed(owner);
        reply(Done{});
    };
}

uint64_t Bandwidth::limit_of(uint32_t owner) const {
    auto found = users_.find(owner);
    return found == users_.end() ? 0 : found->second;
}

uint64_t Bandwidth::strictest(const job::Job& job) const {
    const auto& allowance = machine_.allowance;
    auto machine = job.priority == job::Priority::Foreground ? allowance.all : allowance.background;
    return stricter(stricter(job.bandwidth_limit, limit_of(job.owner)), machine.value_or(0));
}

// ---- who uses them ----

void Bandwidth::starting(const job::Job& job) {
    auto& owner = owners_[job.owner];
    bool was_in_foreground = owner.is_in_foreground();
    bool is_new = owner.all.transfers++ == 0;
    if (job.priority != job::Priority::Foreground) is_new = owner.background.transfers++ == 0 || is_new;
    if (owner.is_in_foreground() != was_in_foreground) context_.on_activity();
    if (is_new) deal();
    changed(job);
}

void Bandwidth::moved(const ActiveTransfer& transfer, uint64_t bytes) {
    auto& owner = owners_[transfer.owner];
    owner.all.moved += bytes;
    if (transfer.background) owner.background.moved += bytes;
}

void Bandwidth::ended(const ActiveTransfer& transfer, const job::Id& job, bool was_last) {
    auto& owner = owners_[transfer.owner];
    bool was_in_foreground = owner.is_in_foreground();
    bool is_idle = --owner.all.transfers == 0;
    if (transfer.background) is_idle = --owner.background.transfers == 0 || is_idle;
    if (owner.is_in_foreground() != was_in_foreground) context_.on_activity();
    if (was_last) owner.jobs.erase(job.hex);
    if (is_idle) deal();
}

void Bandwidth::changed(const job::Job& job) {
    auto& jobs = owners_[job.owner].jobs;
    if (job.bandwidth_limit > 0 && job::is_running(job.state))
        jobs[job.id.hex] = job.bandwidth_limit;
    else
        jobs.erase(job.id.hex);
    tell(job.owner);
}

std::set<uint32_t> Bandwidth::owners_in_foreground() const {
    std::set<uint32_t> found;
    for (const auto& [uid, owner] : owners_)
        if (owner.is_in_foreground()) found.insert(uid);
    return found;
}

// ---- division ----

void Bandwidth::deal() {
    deal(&Owner::all, unless_closed(machine_.allowance.all));
    deal(&Owner::background, unless_closed(machine_.allowance.background));
    for (const auto& [owner, parts] : owners_)
        if (parts.all.transfers > 0) tell(owner);
    count_later();
}

/// It is not known how much less would be enough for an owner who was alone.
void Bandwidth::deal(Part Owner::*part, std::optional<uint64_t> limit) {
    std::vector<Part*> sharing;
    for (auto& [owner, parts] : owners_) {
        auto& one = parts.*part;
        if (one.transfers == 0 || !limit)
            one = {.transfers = one.transfers};
        else
            sharing.push_back(&one);
    }
    std::vector<job::BudgetClaim> claims;
    for (const auto* one : sharing)
        claims.push_back(one->rate ? job::BudgetClaim{one->share, *one->rate} : job::BudgetClaim{});
    auto shares = job::deal(limit.value_or(0), claims);
    for (size_t i = 0; i < sharing.size(); ++i)
        sharing[i]->share = std::max<uint64_t>(shares[i], 1);
}

/// While several owners share a limit.
void Bandwidth::count_later() {
    auto shares = std::count_if(owners_.begin(), owners_.end(), [](const auto& entry) {
        return entry.second.all.share > 0 || entry.second.background.share > 0;
    });
    if (shares < 2) {
        counter_.reset();
        for (auto& [owner, parts] : owners_)
            parts.all.rate = parts.background.rate = std::nullopt;
        return;
    }
    if (counter_) return;
    counted_at_ = context_.clock.now().boot;
    for (auto& [owner, parts] : owners_)
        for (auto* part : {&parts.all, &parts.background}) {
            part->moved = 0;
            part->counts = part->transfers > 0;
        }
    counter_ = context_.loop.at(counted_at_ + CountInterval, [this] { count(); });
}

void Bandwidth::count() {
    counter_.reset();
    auto passed = std::max(context_.clock.now().boot - counted_at_, Usec{1});
    for (auto& [owner, parts] : owners_)
        for (auto* part : {&parts.all, &parts.background})
            if (part->counts) part->rate = rate_of(part->moved, passed);
    deal();
}

// ---- messages to workers ----

void Bandwidth::tell(uint32_t owner) {
    auto found = owners_.find(owner);
    if (found == owners_.end()) return;
    auto& parts = found->second;
    BandwidthLimits limits{stricter(limit_of(owner), parts.all.share), parts.background.share, parts.jobs};
    if (limits == parts.told) return;
    parts.told = limits;
    context_.workers.limit(owner, limits);
}

} // namespace haulier::daemon
