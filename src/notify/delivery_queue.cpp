// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/delivery_queue.hpp"

#include <utility>

namespace haulier::notify {

void BackOff::extend(BootTime now, const Policy& policy) {
    not_before_ = now + doubled(policy.retry, failures_++, policy.retry_maximum);
}

void DeliveryQueue::set_service(const job::NotifyService& service) {
    service_ = service;
    back_off.reset();
}

bool DeliveryQueue::is_service(const Target& target) const {
    auto service = target_of(service_);
    return has_service() && target.kind == service.kind && target.destination == service.destination;
}

void DeliveryQueue::set_object(std::optional<Target> object) {
    object_ = std::move(object);
    news.clear();
    unanswered = 0;
    back_off.reset();
}

void DeliveryQueue::revoke_final() {
    std::erase_if(entries_, [](const OutboxEntry& entry) {
        return entry.notification.kind != job::NotificationKind::FileTransferred;
    });
}

bool DeliveryQueue::remove_first(int64_t row) {
    if (entries_.empty() || entries_.front().row != row) return false;
    entries_.pop_front();
    return true;
}

std::deque<OutboxEntry> DeliveryQueue::remove_all() {
    return std::exchange(entries_, {});
}

} // namespace haulier::notify
