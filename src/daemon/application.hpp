// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything that lives as long as the loop, in the order of who needs whom, and tied together.
#pragma once

#include "base/event.hpp"
#include "daemon/bus/callback_sender.hpp"
#include "daemon/bus/sdbus/connection.hpp"
#include "daemon/bus/service.hpp"
#include "daemon/common/config.hpp"
#include "daemon/common/system_random.hpp"
#include "daemon/environment/environment.hpp"
#include "daemon/environment/logind_users.hpp"
#include "daemon/environment/route_monitor.hpp"
#include "daemon/environment/system_monitor.hpp"
#include "daemon/manager/manager.hpp"
#include "daemon/options.hpp"
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
        std::function<void()> on_activity; ///< something happened
        std::function<void()> bus_lost;    ///< a connection broke
    };
    Application(Loop& loop, const Options& options, const Config& config, store::Store store, Events events);

    /// Workers can come, and what the store knows goes on.
    Status begin();
    /// The configuration that was given has changed.
    void reconfigure();
    [[nodiscard]] bool busy() const { return manager.busy() || service.busy(); }

    Loop& loop;
    const Config& config;
    // The connections outlive everything that may still owe an answer.
    bus::ConnectionPtr bus;
    bus::ConnectionPtr callback_bus;
    SystemClock clock;
    SystemRandom random;
    std::optional<SystemdClient> systemd;
    std::unique_ptr<WorkerLauncher> launcher;
    WorkerPool workers;
    Manager manager;
    bus::Service service;
    bus::CallbackSender callback_sender;
    notify::Notifier notifier;
    Environment environment;
    std::optional<RouteMonitor> routes;
    std::optional<SystemMonitor> watchers;
    std::optional<LogindUsers> logins;

private:
    std::unique_ptr<WorkerLauncher> make_launcher(const Options& options);
    void watch();
    void set_active_users(const std::set<uint32_t>& users);
    void peer_left(const std::string& name);
};

} // namespace haulier::daemon
