// SPDX-License-Identifier: LGPL-2.1-or-later
// Counts how often the services of clients were started in vain: one that is started again and again without
// acknowledging anything is started more and more rarely.
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
    /// The service has acknowledged a call, or no job names it any more.
    void clear(uint32_t owner, const job::NotifyService& service);

    /// When the service may be started.
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
};

} // namespace haulier::notify
