// SPDX-License-Identifier: LGPL-2.1-or-later
// All parts of the running daemon, in the order of their dependencies, and the connections between them.
#pragma once

#include "base/event.hpp"
#include "daemon/bus/callback_sender.hpp"
#include "daemon/bus/sdbus/connection.hpp"
#include "daemon/bus/sdbus/event_bridge.hpp"
#include "daemon/bus/service.hpp"
#include "daemon/common/config.hpp"
#include "daemon/common/system_random.hpp"
#include "daemon/environment/clock_monitor.hpp"
#include "daemon/environment/environment.hpp"
#include "daemon/environment/logind_users.hpp"
#include "daemon/environment/route_monitor.hpp"
#include "daemon/environment/sleep_inhibitor.hpp"
#include "daemon/environment/system_monitor.hpp"
#include "daemon/manager/manager.hpp"
#include "daemon/notifier_host.hpp"
#include "daemon/options.hpp"
#include "daemon/workers/session_service_sender.hpp"
#include "daemon/workers/systemd_client.hpp"
#include "daemon/workers/worker_launcher.hpp"
#include "daemon/workers/worker_pool.hpp"
#include "notify/notifier.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace haulier::daemon {

struct Application {
    struct Events {
        std::function<void()> on_activity;  ///< something happened that may have changed busy()
        std::function<void()> bus_lost;     ///< a connection broke
        std::function<void()> broken_store; ///< the database has to be opened anew
    };
    Application(Loop& loop, const Options& options, const Config& config, store::Store store, Events events);

    /// Accepts workers, loads the database and continues its jobs.
    Status start();
    /// The configuration passed to the constructor has changed.
    void reconfigure();
    [[nodiscard]] bool busy() const { return manager.busy() || service.busy(); }

    Loop& loop;
    const Config& config;
    // The connections outlive everything that may still have to send a reply.
    bus::ConnectionPtr bus;
    bus::ConnectionPtr helper_bus; ///< for calls to polkit, systemd and logind
    bus::EventBridge helper_bridge;
    SystemClock clock;
    SystemRandom random;
    std::optional<SystemdClient> systemd;
    std::unique_ptr<WorkerLauncher> launcher;
    SleepInhibitor sleep_inhibitor;
    WorkerPool workers;
    Manager manager;
    bus::Service service;
    bus::CallbackSender callback_sender;
    SessionServiceSender session_service_sender;
    NotifierHost notifier_host;
    notify::Notifier notifier;
    Environment environment;
    ClockMonitor clock_monitor;
    std::optional<RouteMonitor> route_monitor;
    std::optional<SystemMonitor> system_monitor;
    std::optional<LogindUsers> logind_users;

private:
    bus::AppFinder::Examine examiner();
    std::unique_ptr<WorkerLauncher> make_launcher(const Options& options);
    void watch_environment();
    void review_sleep();
    void set_active_users(const std::set<uint32_t>& users);
    void connection_lost(const std::string& unique_name);
};

} // namespace haulier::daemon
