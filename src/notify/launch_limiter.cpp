// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/launch_limiter.hpp"

namespace haulier::notify {

void LaunchLimiter::restore(uint32_t owner, const job::NotifyService& service, uint32_t count, BootTime now) {
    launches_[{owner, service.bus, service.name}] = {count, now};
}

void LaunchLimiter::count(uint32_t owner, const job::NotifyService& service, BootTime now) {
    auto& launches = launches_[{owner, service.bus, service.name}];
    launches.count += 1;
    launches.last = now;
    outbox_.launches_changed(owner, service, launches.count);
}

void LaunchLimiter::clear(uint32_t owner, const job::NotifyService& service) {
    if (launches_.erase({owner, service.bus, service.name}) > 0) outbox_.launches_changed(owner, service, 0);
}

BootTime LaunchLimiter::earliest(uint32_t owner, const job::NotifyService& service,
                                 const Policy& policy) const {
    auto found = launches_.find({owner, service.bus, service.name});
    if (found == launches_.end() || found->second.count < 2) return {};
    const auto& launches = found->second;
    return launches.last + doubled(policy.launch_delay, launches.count - 2, policy.launch_delay_maximum);
}

} // namespace haulier::notify
