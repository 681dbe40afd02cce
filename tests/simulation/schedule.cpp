// SPDX-License-Identifier: LGPL-2.1-or-later
#include "schedule.hpp"

#include "store_control.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::simulation {

using notify::Launch;
using notify::Manner;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// Far more than any schedule needs.
constexpr uint64_t MostTurns = 100'000;

} // namespace

Schedule::Schedule(uint64_t seed, bool is_traced)
    : world_(seed), config_(some_config(world_.dice)), directory_(new_store_directory()) {
    seed_ids(seed);
    world_.is_traced = is_traced;
    world_.bus.on_end = [this](const auto& call) { witness_.ended(call); };
    world_.bus.on_second_call = [this](const std::string& receiver) { witness_.second_call(receiver); };
    for (auto name : Services)
        world_.bus.services[std::string{name}];
    store_control() = {[this] { return world_.acts(); }, false};
    witness_.active_users = {Users.begin(), Users.end()};
    start_daemon();
}

/// Small limits, so that they are reached.
daemon::Config Schedule::some_config(Dice& dice) {
    daemon::Config config;
    config.jobs_at_once = static_cast<uint32_t>(1 + dice.below(3));
    config.files_at_once = static_cast<uint32_t>(1 + dice.below(3));
    config.small_files_at_once = static_cast<uint32_t>(1 + dice.below(6));
    config.foreground_jobs = static_cast<uint32_t>(1 + dice.below(3));
    config.limits.jobs_per_user = 5;
    config.limits.restarts = 3;
    config.require_login = dice.maybe(30);
    return config;
}

std::vector<std::string> Schedule::run(int steps) {
    for (int i = 0; i < steps && world_.faults.empty(); ++i) {
        act();
        if (world_.is_dead()) stop_daemon(true);
        if (!daemon_ && must_run_) start_daemon();
        if (world_.dice.maybe(70)) advance(world_.dice.span(milliseconds{1}, seconds{400}));
    }
    if (world_.faults.empty()) make_peace();
    daemon_.reset();
    return world_.faults;
}

// ---- time ----

/// One callback of the daemon, or one event around it. False: nothing happens before `end`.
bool Schedule::take_turn(BootTime end) {
    auto& bus = world_.bus;
    bool is_early = bus.next_event() <= bus.now + milliseconds{1} && world_.dice.maybe(10);
    if (!is_early && daemon_ && daemon_->loop.call_next()) return true;
    bool is_calm = bus.next_event() > bus.now + milliseconds{5};
    if (daemon_ && !is_early && is_calm) witness_.check_quiet();
    auto timer = daemon_ ? daemon_->loop.next_timer() : Never;
    auto next = std::min(bus.next_event(), is_early ? Never : timer);
    if (next > end) return false;
    bus.now = std::max(bus.now, next);
    if (bus.next_event() <= bus.now) bus.happen();
    return true;
}

void Schedule::advance(Usec span) {
    auto end = world_.bus.now + span;
    while (world_.faults.empty() && take_turn(end)) {
        if (++turns_ == MostTurns) world_.fault("it does not come to rest");
        if (world_.is_dead()) stop_daemon(true);
        if (has_exited_) stop_daemon(false);
        if (!daemon_ && must_run_) start_daemon();
    }
    world_.bus.now = std::max(world_.bus.now, end);
}

// ---- the daemon ----

void Schedule::start_daemon() {
    world_.note([] { return "the daemon starts"; });
    auto store = store::Store::open(directory_);
    if (!store) return world_.fault("the store cannot be opened: " + store.error().message);
    daemon_.emplace(world_, witness_, config_, std::move(*store));
    daemon_->manager.environment_changed(conditions_);
    if (auto started = daemon_->start(); !started)
        world_.fault("the daemon does not start: " + started.error().message);
    witness_.started();
    daemon_->manager.set_active_users(witness_.active_users);
    daemon_->notifier.set_active_users(witness_.active_users);
}

/// Only what was committed is left of it.
void Schedule::stop_daemon(bool in_the_middle) {
    world_.note([] { return "the daemon is gone"; });
    std::optional<store::StoredJobs> shown;
    if (!in_the_middle) shown = witness_.shown();
    ++world_.life;
    daemon_.reset();
    clients_.lose_calls();
    world_.revive();
    must_run_ = !has_exited_ || must_run_;
    has_exited_ = false;
    auto store = store::Store::open(directory_);
    if (!store) return world_.fault("the store cannot be opened: " + store.error().message);
    auto stored = store->load_jobs();
    if (!stored) return world_.fault("the store cannot be read: " + stored.error().message);
    witness_.check_stored(*stored, shown);
}

void Schedule::end_daemon() {
    if (!daemon_) return;
    switch (world_.dice.below(4)) {
    case 0: return stop_daemon(false);
    case 1: return shut_down();
    case 2: return exit_if_idle();
    default: return world_.die_after(1 + world_.dice.below(40));
    }
}

void Schedule::shut_down() {
    witness_.is_ending = true;
    daemon_->manager.shut_down([this] {
        has_exited_ = true;
        must_run_ = true;
    });
}

/// As the program does when it has been idle for a while: it is started again if there is work, or called.
void Schedule::exit_if_idle() {
    if (daemon_->loop.has_deferred() || daemon_->manager.busy()) return;
    must_run_ = daemon_->manager.has_work();
    has_exited_ = true;
    stop_daemon(false);
}

// ---- what happens ----

std::vector<std::string> Schedule::programs() const {
    std::vector<std::string> names;
    for (const auto& [name, program] : world_.bus.programs)
        names.push_back(name);
    return names;
}

Manner Schedule::some_manner() {
    constexpr std::array All{
        Manner::Accepts,         Manner::Accepts,        Manner::Accepts,     Manner::Refuses,
        Manner::PassesOnAnError, Manner::LacksTheMethod, Manner::KeepsSilent, Manner::Dies};
    return world_.dice.any_of(All);
}

void Schedule::act() {
    auto what = world_.dice.below(100);
    if (what < 55) {
        if (!daemon_) start_daemon();
        return clients_.call(*daemon_);
    }
    if (what < 75) return change_bus();
    if (what < 85) return change_world();
    if (what < 92) return change_environment();
    end_daemon();
}

void Schedule::change_bus() {
    auto all = programs();
    auto& service = world_.bus.services[std::string{world_.dice.any_of(Services)}];
    switch (world_.dice.below(5)) {
    case 0:
    case 1: return change_programs(all);
    case 2:
        witness_.services_changed_at = world_.bus.now;
        service.launch =
            world_.dice.any_of(std::array{Launch::Works, Launch::EndsAtOnce, Launch::Impossible});
        return;
    case 3:
        witness_.services_changed_at = world_.bus.now;
        service.manner = some_manner();
        return;
    default: return exchange_name(std::string{world_.dice.any_of(Services)}, all);
    }
}

void Schedule::change_programs(const std::vector<std::string>& all) {
    if (all.size() < 2 || world_.dice.maybe(40)) {
        world_.bus.connect(some_manner());
        return;
    }
    auto name = world_.dice.any_of(all);
    if (world_.dice.maybe(50)) return world_.bus.leave(name);
    witness_.changeable_programs.insert(name);
    world_.bus.set_manner(name, some_manner());
}

void Schedule::exchange_name(const std::string& name, const std::vector<std::string>& all) {
    const auto& service = world_.bus.services[name];
    if (!service.owner.empty())
        world_.bus.give_up_name(name);
    else if (!service.is_starting && !all.empty())
        world_.bus.take_name(world_.dice.any_of(all), name);
}

void Schedule::change_world() {
    auto& dice = world_.dice;
    auto& host = std::next(world_.hosts.begin(), dice.below(3))->second;
    switch (dice.below(8)) {
    case 0:
    case 1:
        host.state = dice.any_of(std::array{HostState::Serves, HostState::Serves, HostState::IsDown,
                                            HostState::IsOverloaded, HostState::HasNothing});
        host.retry_after = seconds{dice.maybe(50) ? 0 : dice.below(2000)};
        return;
    case 5:
    case 6:
    case 2: {
        auto& file = std::next(host.files.begin(), dice.below(4))->second;
        ++file.version;
        file.size = static_cast<uint64_t>(dice.below(100'000));
        return;
    }
    case 3:
        world_.disk_is_full = !world_.disk_is_full;
        witness_.disk_works_since = world_.bus.now;
        world_.note([&] { return fmt::format("the disk is full: {}", world_.disk_is_full); });
        return;
    case 4: world_.folder_is_read_only = !world_.folder_is_read_only; return;
    default: return break_store(!store_control().is_broken);
    }
}

void Schedule::break_store(bool is_broken) {
    store_control().is_broken = is_broken;
    // For as long as it is broken, nothing is promised.
    witness_.store_works_since = is_broken ? BootTime{Usec::max() - hours{1}} : world_.bus.now;
}

void Schedule::change_environment() {
    auto& dice = world_.dice;
    if (!daemon_) return;
    switch (dice.below(5)) {
    case 0:
        conditions_.online = dice.maybe(60);
        conditions_.metered = dice.maybe(50) ? job::Metered::Yes : job::Metered::No;
        conditions_.on_battery = dice.maybe(40);
        if (!conditions_.online) witness_.network_changed();
        world_.note([&] {
            return fmt::format("online {}, metered {}", conditions_.online,
                               static_cast<int>(conditions_.metered));
        });
        return daemon_->manager.environment_changed(conditions_);
    case 1:
        witness_.active_users = dice.maybe(50) ? std::set<uint32_t>{1000, 1001} : std::set<uint32_t>{1001};
        daemon_->manager.set_active_users(witness_.active_users);
        daemon_->notifier.set_active_users(witness_.active_users);
        return daemon_->notifier.run();
    case 2: return daemon_->workers.die(dice.any_of(Users));
    case 3:
        config_.jobs_at_once = static_cast<uint32_t>(1 + dice.below(3));
        return daemon_->manager.reconfigured();
    default:
        if (!dice.maybe(20)) return;
        witness_.clock_has_jumped = true;
        world_.wall_offset += seconds{dice.below(20'000) - 10'000};
        return daemon_->manager.clock_was_set();
    }
}

void Schedule::make_peace() {
    if (world_.is_dead()) stop_daemon(true);
    world_.revive();
    if (has_exited_) stop_daemon(false);
    for (auto& [name, host] : world_.hosts)
        host.state = HostState::Serves;
    world_.disk_is_full = world_.folder_is_read_only = false;
    witness_.disk_works_since = world_.bus.now;
    if (store_control().is_broken) break_store(false);
    witness_.services_changed_at = world_.bus.now;
    for (auto name : Services) {
        auto& service = world_.bus.services[std::string{name}];
        service.launch = Launch::Works;
        service.manner = Manner::Accepts;
    }
    for (const auto& name : programs()) {
        witness_.changeable_programs.insert(name);
        world_.bus.set_manner(name, Manner::Accepts);
    }
    conditions_ = {};
    conditions_.metered = job::Metered::No;
    witness_.active_users = {Users.begin(), Users.end()};
    if (!daemon_ && must_run_) start_daemon();
    if (daemon_) {
        daemon_->manager.environment_changed(conditions_);
        daemon_->manager.set_active_users(witness_.active_users);
        daemon_->notifier.set_active_users(witness_.active_users);
        daemon_->notifier.run();
        daemon_->manager.release({}, [](const Status&) {});
        for (auto user : Users)
            daemon_->manager.release(user, [](const Status&) {});
        static_cast<void>(daemon_->manager.flush()); // it may be about to exit
        witness_.holds = {};
    }
    world_.note([] { return "all is well from now on"; });
    advance(hours{49});
    if (!world_.faults.empty()) return;
    witness_.check_end();
    clients_.check_answered();
    if (!daemon_) start_daemon(); // files that are still to be deleted do not keep it running
    advance(hours{2});
    witness_.check_files();
}

} // namespace haulier::simulation
