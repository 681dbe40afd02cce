// SPDX-License-Identifier: LGPL-2.1-or-later
// What one job still has to tell, which client it tells, and when the next attempt may be made.
#pragma once

#include "base/clock.hpp"
#include "notify/delivery.hpp"
#include "notify/policy.hpp"
#include "notify/progress_news.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace haulier::notify {

/// A notification and its row in the outbox.
struct OutboxEntry {
    int64_t row = 0;
    job::Notification notification;
};

/// The pause after attempts that failed; it doubles with each.
class BackOff {
public:
    void reset() { *this = {}; }
    void extend(BootTime now, const Policy& policy);
    [[nodiscard]] bool has_failed() const { return failures_ > 0; }
    [[nodiscard]] BootTime not_before() const { return not_before_; }

private:
    uint32_t failures_ = 0;
    BootTime not_before_;
};

class DeliveryQueue {
public:
    void set_owner(uint32_t owner) { owner_ = owner; }
    [[nodiscard]] uint32_t owner() const { return owner_; }
    /// The next attempt may be made at once.
    void set_service(const job::NotifyService& service);
    [[nodiscard]] const job::NotifyService& service() const { return service_; }
    [[nodiscard]] bool has_service() const { return !service_.name.empty(); }
    [[nodiscard]] bool has_session_service() const {
        return has_service() && service_.bus == job::ServiceBus::Session;
    }
    /// Whether `target` is the service; it may have been replaced while a call was in flight.
    [[nodiscard]] bool is_service(const Target& target) const;
    /// Of another client, or none: earlier changes are no news to it, and earlier failures do not count.
    void set_object(std::optional<Target> object);
    [[nodiscard]] const std::optional<Target>& object() const { return object_; }

    void add(const OutboxEntry& entry) { entries_.push_back(entry); }
    /// Removes the entries about the end of the job, which are no longer true.
    void revoke_final();
    /// Removes the first entry if it is still that of `row`.
    bool remove_first(int64_t row);
    std::deque<OutboxEntry> remove_all();
    [[nodiscard]] bool empty() const { return entries_.empty(); }
    [[nodiscard]] const OutboxEntry& first() const { return entries_.front(); }

    /// Entries that a client could be told.
    [[nodiscard]] bool owes() const { return !empty() && (object_ || has_service()); }
    /// Entries that a service could be told, for which no client has to register again.
    [[nodiscard]] bool owes_service() const { return !empty() && has_service(); }

    BackOff back_off;
    ProgressNews news;
    bool in_flight = false;
    uint32_t unanswered = 0; ///< calls of the object in a row

private:
    uint32_t owner_ = 0;
    job::NotifyService service_;
    std::optional<Target> object_;
    std::deque<OutboxEntry> entries_;
};

} // namespace haulier::notify
