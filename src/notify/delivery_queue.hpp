// SPDX-License-Identifier: LGPL-2.1-or-later
// The notifications of one job that are still owed, and the client that gets them.
#pragma once

#include "base/clock.hpp"
#include "notify/attempt.hpp"
#include "notify/delivery.hpp"
#include "notify/progress_news.hpp"

#include <cstdint>
#include <list>
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
    /// A new client, or none. It is not told of earlier changes.
    void set_object(std::optional<Target> object);
    [[nodiscard]] const std::optional<Target>& object() const { return object_; }
    /// The client that gets the first entry. `object_replies`: whether to call the object's connection.
    [[nodiscard]] std::optional<Target> target(bool object_replies) const;
    /// The call in flight goes to a client that has been replaced.
    void abandon_call();
    /// The object does not have the method for the first entry, or does not exist.
    void pass_over_object();

    void add(const OutboxEntry& entry);
    void revoke(const job::Revocation& revoked);
    /// Removes the first entry if it is still that of `row`.
    bool remove_first(int64_t row);
    std::list<OutboxEntry> remove_all();
    [[nodiscard]] bool empty() const { return entries_.empty(); }
    [[nodiscard]] const OutboxEntry& first() const { return entries_.front(); }
    [[nodiscard]] bool has_questions() const { return !questions_.empty(); }
    /// When the first question will have waited for too long. There must be a question.
    [[nodiscard]] BootTime end_of_questions(Usec patience) const;
    /// The client has answered a question: the others may wait longer.
    void note_answer(BootTime now) { answered_at_ = now; }
    /// Removes the questions that have waited for too long, and returns them.
    std::list<OutboxEntry> take_old_questions(BootTime now, Usec patience);

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
    std::optional<int64_t> passed_over_; ///< row for which the object cannot be called
    std::list<OutboxEntry> entries_;     ///< most jobs have none, and an empty deque takes 600 bytes
    std::list<OutboxEntry> questions_;   ///< those of them that ask for something
    BootTime answered_at_;
};

} // namespace haulier::notify
