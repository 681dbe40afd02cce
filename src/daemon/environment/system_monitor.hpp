// SPDX-License-Identifier: LGPL-2.1-or-later
// Watches the properties of NetworkManager, UPower and power-profiles-daemon on the system bus. It starts
// none of them, and each may come and go; what a missing service would report is unknown.
//
// Uses libsystemd's API, because sdbus-c++ 1.2 connects synchronously, and a system bus that hangs must not
// hang the daemon.
#pragma once

#include "base/event.hpp"
#include "daemon/environment/environment.hpp"
#include "daemon/environment/managed_interfaces.hpp"
#include "daemon/environment/reported_conditions.hpp"

#include <string>
#include <vector>

struct sd_bus;
struct sd_bus_message;

namespace haulier::daemon {

class SystemMonitor {
public:
    SystemMonitor(Loop& loop, Environment& environment);
    ~SystemMonitor();
    SystemMonitor(const SystemMonitor&) = delete;
    SystemMonitor& operator=(const SystemMonitor&) = delete;

private:
    struct MonitoredService;
    struct Watch {
        SystemMonitor* monitor = nullptr;
        const MonitoredService* service = nullptr;
        std::string owner; ///< unique name of the connection that owns the service's name
    };
    static const std::vector<MonitoredService>& monitored_services();

    bool connect(Loop& loop);
    void disconnect();
    void subscribe(Watch& watch);
    void get_all(Watch& watch);
    void got_all(Watch& watch, sd_bus_message* reply);
    void take(const Watch& watch, sd_bus_message* properties);
    void forget(const Watch& watch);
    void ask_for_devices(const ReportedConditions& reported);
    void report();

    Environment& environment_;
    sd_bus* bus_ = nullptr;
    Source exit_;
    std::vector<Watch> watches_;
    RawProperties properties_;
    ManagedInterfaces managed_{[this] { report(); }};
};

} // namespace haulier::daemon
