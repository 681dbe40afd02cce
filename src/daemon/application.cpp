// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/application.hpp"

#include "base/log.hpp"
#include "daemon/workers/child_process_launcher.hpp"
#include "daemon/workers/systemd_unit_launcher.hpp"

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

Application::Application(Loop& event_loop, const Options& options, const Config& configuration,
                         store::Store store, Events events)
    : loop(event_loop), config(configuration), bus(bus::connect_bus(options.instance)),
      callback_bus(bus::connect_bus(options.instance)), launcher(make_launcher(options)),
      workers(loop, config, *launcher),
      manager(loop, clock, random, config, options.instance, std::move(store), workers, events.on_activity),
      service(loop, *bus, manager, options.instance,
              {events.on_activity, events.bus_lost, [this](const std::string& name) { peer_left(name); }}),
      callback_sender(loop, *callback_bus, manager, config.call_timeout, events.bus_lost),
      notifier(callback_sender, policy_of(config)),
      environment([this](const job::Conditions& now) { manager.environment_changed(now); }) {
    callback_sender.connect(notifier, [this](const std::string& name) { service.make_sure(name); });
    manager.connect(service, notifier);
    watch();
    if (options.instance == Instance::System)
        logins.emplace(*bus, [this](const std::set<uint32_t>& users) { set_active_users(users); });
}

std::unique_ptr<WorkerLauncher> Application::make_launcher(const Options& options) {
    if (!options.worker_program.empty())
        return std::make_unique<ChildProcessLauncher>(loop, options.worker_program);
    systemd.emplace(*bus);
    return std::make_unique<SystemdUnitLauncher>(loop, *systemd, options.runtime_directory);
}

Status Application::begin() {
    if (auto open = launcher->open(); !open) return open;
    return manager.load();
}

void Application::reconfigure() {
    callback_sender.set_timeout(config.call_timeout);
    notifier.set_policy(policy_of(config));
    manager.reconfigured();
    watch();
}

/// As long as that is wanted; what is not watched is taken for granted.
void Application::watch() {
    if (config.watch_network == routes.has_value()) return;
    routes.reset();
    watchers.reset();
    environment.set_reported({});
    environment.set_routes(true);
    if (!config.watch_network) return;
    routes.emplace(loop, [this](bool lead_out) { environment.set_routes(lead_out); });
    if (auto status = routes->watch(); !status) log::warning(status.error().message);
    watchers.emplace(loop, environment);
}

void Application::set_active_users(const std::set<uint32_t>& users) {
    manager.set_active_users(users);
    notifier.set_active_users(users);
    notifier.run();
}

void Application::peer_left(const std::string& name) {
    notifier.connection_lost(name);
    notifier.run();
}

} // namespace haulier::daemon
