// SPDX-License-Identifier: LGPL-2.1-or-later
// Counts how often the services of clients had to be started. One that is started again and again without
// ever ending a job is started more and more rarely.
#pragma once

#include "base/clock.hpp"
#include "job/types.hpp"
#include "notify/outbox.hpp"
#include "notify/policy.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace haulier::notify {

class LaunchLimiter {
public:
    explicit LaunchLimiter(Outbox& outbox) : outbox_(outbox) {}

    /// As remembered from an earlier run of the daemon.
    void restore(uint32_t owner, const job::NotifyService& service, uint32_t count, BootTime now);
    void count(uint32_t owner, const job::NotifyService& service, BootTime now);
    /// The service has ended a job: it does what it is started for.
    void clear(uint32_t owner, const job::NotifyService& service);

    /// This connection on our bus replied for the service: until it is lost, calls start nothing.
    void set_running(const std::string& name, const std::string& unique_name);
    void connection_lost(const std::string& unique_name);
    /// Always false on a session bus, about whose connections nothing is known.
    [[nodiscard]] bool is_running(const job::NotifyService& service) const;

    /// When the service may be called.
    [[nodiscard]] BootTime earliest(uint32_t owner, const job::NotifyService& service,
                                    const Policy& policy) const;

private:
    using Key = std::tuple<uint32_t, job::ServiceBus, std::string>;
    struct Launches {
        uint32_t count = 0;
        BootTime last;
    };

    Outbox& outbox_;
    std::map<Key, Launches> launches_;
    std::map<std::string, std::string> running_; ///< service name → the connection that replied for it
};

} // namespace haulier::notify
