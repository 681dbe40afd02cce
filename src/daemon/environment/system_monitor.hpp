// SPDX-License-Identifier: LGPL-2.1-or-later
// Listens on the system bus to those who know the machine: NetworkManager, UPower, power-profiles-daemon.
// None of them is started by us, each may come and go; without any, or without a system bus, nothing is
// known.
//
// Speaks libsystemd's own API: sdbus-c++ 1.2 connects and says hello synchronously, and a system bus that
// hangs must not hang us.
#pragma once

#include "base/event.hpp"
#include "daemon/environment/environment.hpp"
#include "daemon/environment/reported_conditions.hpp"

#include <string>
#include <vector>

struct sd_bus;
struct sd_bus_message;

namespace haulier::daemon {

class SystemMonitor {
public:
    SystemMonitor(Loop& loop, daemon::Environment& environment);
    ~SystemMonitor();
    SystemMonitor(const SystemMonitor&) = delete;
    SystemMonitor& operator=(const SystemMonitor&) = delete;

private:
    struct MonitoredService;
    struct Watch {
        SystemMonitor* all = nullptr;
        const MonitoredService* informant = nullptr;
        std::string owner; ///< unique name of who answers for it
    };
    static const std::vector<MonitoredService>& monitored_services();

    bool connect(Loop& loop);
    void hang_up();
    void listen(Watch& watch);
    void ask(Watch& watch);
    void set_reported(Watch& watch, sd_bus_message* answer);
    void take(const Watch& watch, sd_bus_message* properties);
    void forget(const Watch& watch);
    void tell();

    daemon::Environment& environment_;
    sd_bus* bus_ = nullptr;
    Source leaving_;
    std::vector<Watch> watches_;
    RawProperties told_;
};

} // namespace haulier::daemon
