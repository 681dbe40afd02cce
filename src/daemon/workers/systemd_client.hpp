// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks systemd over the bus to start and stop units, without waiting. polkit decides whether we may.
#pragma once

#include "daemon/bus/sdbus/async_call.hpp"
#include "daemon/workers/systemd_unit_launcher.hpp"

#include <map>
#include <memory>
#include <string>

namespace sdbus {
class IConnection;
}

namespace haulier::daemon {

class SystemdClient final : public daemon::UnitManager {
public:
    /// A connection that makes no calls to clients: clients that do not reply use up its pending replies.
    explicit SystemdClient(sdbus::IConnection& connection);
    ~SystemdClient() override;

    void restart(const std::string& unit, Failed failed) override;
    void stop(const std::string& unit) override;

private:
    struct Start;
    void replied(Start& start, sd_bus_message* reply);
    void removed(Start& start, sd_bus_message* signal);
    void fail(Start& start, const std::string& why);
    void forget(Start& start);

    sd_bus* bus_;
    std::map<std::string, std::unique_ptr<Start>> starts_; ///< the latest of each unit, until its job is done
};

} // namespace haulier::daemon
