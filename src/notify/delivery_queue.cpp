// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/delivery_queue.hpp"

#include <utility>

namespace haulier::notify {

void DeliveryQueue::set_object(std::optional<Target> object) {
    object_ = std::move(object);
    passed_over_.reset();
    news.clear();
}

std::optional<Target> DeliveryQueue::target(bool object_replies) const {
    bool passed_over = passed_over_ && !empty() && first().row == *passed_over_;
    if (object_ && (!has_service() || (object_replies && !passed_over))) return object_;
    if (has_service()) return target_of(service_);
    return std::nullopt;
}

void DeliveryQueue::abandon_call() {
    call.reset();
    attempt = {};
}

void DeliveryQueue::pass_over_object() {
    if (!empty()) passed_over_ = first().row;
}

void DeliveryQueue::revoke(const job::Revocation& revoked) {
    std::erase_if(entries_, [&](const OutboxEntry& entry) { return revoked.covers(entry.notification); });
}

bool DeliveryQueue::remove_first(int64_t row) {
    if (entries_.empty() || entries_.front().row != row) return false;
    entries_.pop_front();
    return true;
}

std::list<OutboxEntry> DeliveryQueue::remove_all() {
    return std::exchange(entries_, {});
}

} // namespace haulier::notify
