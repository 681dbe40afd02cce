// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/parts.hpp"

#include "base/log.hpp"
#include "daemon/children.hpp"
#include "daemon/units.hpp"

namespace haulier::daemon {

namespace {

notify::Policy policy_of(const Config& config) {
    notify::Policy p;
    p.retry = config.notify_retry;
    p.retry_maximum = config.notify_retry_maximum;
    p.calls_in_flight = config.calls_in_flight;
    p.launch_delay = config.launch_delay;
    return p;
}

} // namespace

Parts::Parts(Loop& event_loop, const Options& options, const Config& configuration, store::Store store,
             Events events)
    : loop(event_loop), config(configuration), bus(bus::connect_bus(options.instance)),
      voice(bus::connect_bus(options.instance)), hiring(agency(options)),
      manager(loop, clock, config, options.instance, std::move(store), *hiring, events.stirred),
      service(loop, *bus, manager, options.instance,
              {events.stirred, events.bus_lost, [this](const std::string& name) { peer_left(name); }}),
      messenger(loop, *voice, manager, config.call_timeout, events.bus_lost),
      notifier(messenger, policy_of(config)),
      surroundings([this](const job::Conditions& now) { manager.surroundings_changed(now); }) {
    messenger.connect(notifier, [this](const std::string& name) { service.make_sure(name); });
    manager.connect(service, notifier);
    watch();
    if (options.instance == Instance::System)
        logins.emplace(*bus, [this](const std::set<uint32_t>& users) { users_are(users); });
}

std::unique_ptr<Hiring> Parts::agency(const Options& options) {
    if (!options.worker_program.empty()) return std::make_unique<Children>(loop, options.worker_program);
    systemd.emplace(*bus);
    return std::make_unique<Units>(loop, *systemd, options.runtime_directory);
}

Status Parts::begin() {
    if (auto open = hiring->open(); !open) return open;
    return manager.load();
}

void Parts::reconfigure() {
    messenger.set_timeout(config.call_timeout);
    notifier.set_policy(policy_of(config));
    manager.reconfigured();
    watch();
}

/// As long as that is wanted; what is not watched is taken for granted.
void Parts::watch() {
    if (config.watch_network == routes.has_value()) return;
    routes.reset();
    watchers.reset();
    surroundings.hear({});
    surroundings.set_routes(true);
    if (!config.watch_network) return;
    routes.emplace(loop, [this](bool lead_out) { surroundings.set_routes(lead_out); });
    if (auto status = routes->watch(); !status) log::warning(status.error().sentence);
    watchers.emplace(loop, surroundings);
}

void Parts::users_are(const std::set<uint32_t>& users) {
    manager.users_are(users);
    notifier.users_are(users);
    notifier.run();
}

void Parts::peer_left(const std::string& name) {
    notifier.connection_lost(name);
    notifier.run();
}

} // namespace haulier::daemon
