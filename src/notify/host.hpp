// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon around the notifier: its clock, and what it knows of jobs and connections.
#pragma once

#include "base/clock.hpp"
#include "notify/delivery.hpp"

#include <string>

namespace haulier::notify {

class Host {
public:
    virtual ~Host() = default;
    [[nodiscard]] virtual BootTime now() const = 0;
    /// Calls Notifier::run() then; replaces any earlier request.
    virtual void wake_at(BootTime when) = 0;
    /// What a notification says, with the values that the job has now.
    [[nodiscard]] virtual Content content_of(const job::Id& id,
                                             const job::Notification& notification) const = 0;
    /// The job has another callback object now, or none.
    virtual void object_changed(const job::Id& id) = 0;
    /// A question is over, and is no longer in the notifier's queue. `answer` is empty if the client has
    /// none, has replied with an error, or could not be asked. The host removes the question's row from the
    /// outbox.
    virtual void answered(const job::Id& id, int64_t row, uint32_t file, const std::string& answer) = 0;
    /// A notification could not be delivered to this target for the first time; it will be tried again.
    virtual void delivery_failed(const Delivery& delivery, CallOutcome outcome) = 0;
    /// The connection may have left the bus already: if so, calls Notifier::connection_lost().
    virtual void check_connection(const std::string& unique_name) = 0;
    /// Calls Notifier::owner_found() with the connection that has this name, perhaps before this returns.
    virtual void find_owner(const std::string& name) = 0;
    /// Whether Notifier::owner_changed() has to be called for names that get an owner. For names that lose
    /// their owner it is always called.
    virtual void watch_new_owners(bool watch) = 0;
};

} // namespace haulier::notify
