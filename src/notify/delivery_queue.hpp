// SPDX-License-Identifier: LGPL-2.1-or-later
// What one job still has to tell, and which client it tells.
#pragma once

#include "base/clock.hpp"
#include "notify/attempt.hpp"
#include "notify/delivery.hpp"
#include "notify/progress_news.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace haulier::notify {

/// A notification and its row in the outbox.
struct OutboxEntry {
    int64_t row = 0;
    job::Notification notification;
    BootTime since; ///< when it was added
};

class DeliveryQueue {
public:
    void set_owner(uint32_t owner) { owner_ = owner; }
    [[nodiscard]] uint32_t owner() const { return owner_; }
    void set_service(const job::NotifyService& service) { service_ = service; }
    [[nodiscard]] const job::NotifyService& service() const { return service_; }
    [[nodiscard]] bool has_service() const { return !service_.name.empty(); }
    [[nodiscard]] bool has_session_service() const {
        return has_service() && service_.bus == job::ServiceBus::Session;
    }
    /// Of another client, or none: earlier changes are no news to it.
    void set_object(std::optional<Target> object);
    [[nodiscard]] const std::optional<Target>& object() const { return object_; }
    /// The client of the first entry. `object_replies`: whether the object's connection is worth a call.
    [[nodiscard]] std::optional<Target> target(bool object_replies) const;
    /// A call is in flight to a client that is the present one no more.
    void abandon_call();
    /// The object has nothing that could be called about the first entry.
    void pass_over_object();

    void add(const OutboxEntry& entry) { entries_.push_back(entry); }
    void revoke(const job::Revocation& revoked);
    /// Removes the first entry if it is still that of `row`.
    bool remove_first(int64_t row);
    std::deque<OutboxEntry> remove_all();
    [[nodiscard]] bool empty() const { return entries_.empty(); }
    [[nodiscard]] const OutboxEntry& first() const { return entries_.front(); }

    /// Entries that a client could be told.
    [[nodiscard]] bool owes() const { return !empty() && (object_ || has_service()); }
    /// Entries that a service could be told, for which no client has to register again.
    [[nodiscard]] bool owes_service() const { return !empty() && has_service(); }

    Attempt attempt; ///< with the first entry
    ProgressNews news;
    std::optional<uint64_t> call; ///< in flight, to the present target

private:
    uint32_t owner_ = 0;
    job::NotifyService service_;
    std::optional<Target> object_;
    std::optional<int64_t> passed_over_; ///< row about which the object cannot be called
    std::deque<OutboxEntry> entries_;
};

} // namespace haulier::notify
