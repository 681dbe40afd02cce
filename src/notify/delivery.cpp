// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/delivery.hpp"

#include "job/notify_service.hpp"

namespace haulier::notify {

Target target_of(const job::NotifyService& service) {
    bool in_session = service.bus == job::ServiceBus::Session;
    return {service.name, service.path, in_session ? Target::Kind::SessionService : Target::Kind::Service};
}

std::string display_name_of(const Target& target) {
    if (target.kind != Target::Kind::SessionService) return target.destination;
    return job::to_string(job::NotifyService{target.destination, target.path, job::ServiceBus::Session});
}

} // namespace haulier::notify
