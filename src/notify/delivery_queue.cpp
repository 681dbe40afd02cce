// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/delivery_queue.hpp"

#include <algorithm>
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

void DeliveryQueue::add(const OutboxEntry& entry) {
    entries_.push_back(entry);
    if (entry.notification.kind == job::NotificationKind::RemoteNameExpired) questions_.push_back(entry);
}

void DeliveryQueue::revoke(const job::Revocation& revoked) {
    auto is_revoked = [&](const OutboxEntry& entry) { return revoked.covers(entry.notification); };
    std::erase_if(entries_, is_revoked);
    std::erase_if(questions_, is_revoked);
}

bool DeliveryQueue::remove_first(int64_t row) {
    if (entries_.empty() || entries_.front().row != row) return false;
    entries_.pop_front();
    std::erase_if(questions_, [row](const OutboxEntry& entry) { return entry.row == row; });
    return true;
}

BootTime DeliveryQueue::end_of_questions(Usec patience) const {
    return std::max(questions_.front().since, answered_at_) + patience;
}

std::list<OutboxEntry> DeliveryQueue::take_old_questions(BootTime now, Usec patience) {
    std::list<OutboxEntry> old;
    while (has_questions() && end_of_questions(patience) <= now) {
        auto row = questions_.front().row;
        std::erase_if(entries_, [row](const OutboxEntry& entry) { return entry.row == row; });
        old.splice(old.end(), questions_, questions_.begin());
    }
    return old;
}

std::list<OutboxEntry> DeliveryQueue::remove_all() {
    questions_.clear();
    return std::exchange(entries_, {});
}

} // namespace haulier::notify
