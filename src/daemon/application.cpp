// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/application.hpp"

#include "base/log.hpp"
#include "daemon/workers/child_process_launcher.hpp"
#include "daemon/workers/systemd_unit_launcher.hpp"

namespace haulier::daemon {

namespace {

notify::Policy policy_of(const Config& config) {
    notify::Policy policy;
    policy.retry = config.notify_retry;
    policy.retry_maximum = config.notify_retry_maximum;
    policy.calls_in_flight = config.calls_in_flight;
    policy.launch_delay = config.launch_delay;
    return policy;
}

} // namespace

Application::Application(Loop& event_loop, const Options& options, const Config& configuration,
                         store::Store store, Events events)
    : loop(event_loop), config(configuration), bus(bus::connect_bus(options.instance)),
      helper_bus(bus::connect_bus(options.instance)), helper_bridge(loop, *helper_bus, events.bus_lost, {}),
      launcher(make_launcher(options)), sleep_inhibitor(loop), workers(loop, config, *launcher),
      manager(
          loop, clock, random, config, options.instance, std::move(store), workers,
          [this, on_activity = events.on_activity] {
              review_sleep();
              on_activity();
          },
          events.broken_store),
      service(loop, *bus, *helper_bus, manager, options.instance,
              {events.on_activity, events.bus_lost,
               [this](const std::string& unique_name) { connection_lost(unique_name); },
               [this](const std::string& name, const std::string& unique_name) {
                   notifier.owner_changed(name, unique_name);
                   notifier.run();
               },
               examiner()}),
      callback_sender(loop, [instance = options.instance] { return bus::connect_bus(instance); },
                      config.call_timeout,
                      {events.bus_lost,
                       [this](const std::string& unique_name) {
                           notifier.heard_from(unique_name);
                           notifier.run();
                       }}),
      session_service_sender(loop, workers, config), notifier_host(loop, clock, manager, service.peers()),
      notifier({callback_sender, session_service_sender}, notifier_host, notifier_host, policy_of(config)),
      environment([this](const job::Conditions& conditions) { manager.environment_changed(conditions); }),
      clock_monitor(loop, [this] { manager.clock_was_set(); }) {
    notifier_host.connect(notifier);
    manager.connect(service, notifier);
    watch_environment();
    sleep_inhibitor.enable(config.inhibits_sleep);
    if (options.instance == Instance::System)
        logind_users.emplace(*helper_bus,
                             [this](const std::set<uint32_t>& users) { set_active_users(users); });
}

bus::AppFinder::Examine Application::examiner() {
    return [this](uint32_t uid, uint32_t pid, Callback<process::ProcessFacts> done) {
        workers.examine(uid, pid, std::move(done));
    };
}

std::unique_ptr<WorkerLauncher> Application::make_launcher(const Options& options) {
    if (!options.worker_program.empty())
        return std::make_unique<ChildProcessLauncher>(loop, options.worker_program);
    systemd.emplace(*helper_bus);
    return std::make_unique<SystemdUnitLauncher>(loop, *systemd, options.runtime_directory);
}

Status Application::start() {
    if (auto open = launcher->open(); !open) return open;
    return manager.load();
}

void Application::reconfigure() {
    callback_sender.set_timeout(config.call_timeout);
    notifier.set_policy(policy_of(config));
    manager.reconfigured();
    watch_environment();
    sleep_inhibitor.enable(config.inhibits_sleep);
}

/// If the configuration turns this off, the network counts as connected and unmetered.
void Application::watch_environment() {
    if (config.watch_network == route_monitor.has_value()) return;
    route_monitor.reset();
    system_monitor.reset();
    environment.set_reported({});
    environment.set_routes({});
    if (!config.watch_network) return;
    route_monitor.emplace(loop, [this](const Routes& routes) { environment.set_routes(routes); });
    if (auto status = route_monitor->start(); !status) log::warning(status.error().message);
    system_monitor.emplace(loop, environment);
}

void Application::review_sleep() {
    sleep_inhibitor.set_users(manager.bandwidth().owners_in_foreground());
}

void Application::set_active_users(const std::set<uint32_t>& users) {
    manager.set_active_users(users);
    notifier.set_active_users(users);
    notifier.run();
}

void Application::connection_lost(const std::string& unique_name) {
    notifier.connection_lost(unique_name);
    notifier.run();
}

} // namespace haulier::daemon
