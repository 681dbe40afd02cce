// SPDX-License-Identifier: LGPL-2.1-or-later
// Connects the notifier with the daemon: the loop's clock, the manager's jobs and outbox, and the bus.
#pragma once

#include "base/clock.hpp"
#include "base/event.hpp"
#include "notify/host.hpp"
#include "notify/outbox.hpp"

#include <cstdint>
#include <string>

namespace haulier::notify {
class Notifier;
}
namespace haulier::bus {
class Peers;
}

namespace haulier::daemon {

class Manager;

class NotifierHost final : public notify::Host, public notify::Outbox {
public:
    NotifierHost(Loop& loop, const Clock& clock, Manager& manager, bus::Peers& peers);
    /// Called once, before anything else.
    void connect(notify::Notifier& notifier) { notifier_ = &notifier; }

    [[nodiscard]] BootTime now() const override { return clock_.now().boot; }
    void wake_at(BootTime when) override;
    [[nodiscard]] notify::Content content_of(const job::Id& id,
                                             const job::Notification& notification) const override;
    void object_changed(const job::Id& id) override;
    void answered(const job::Id& id, int64_t row, uint32_t file, const std::string& answer) override;
    void delivery_failed(const notify::Delivery& delivery, CallOutcome outcome) override;
    void check_connection(const std::string& unique_name) override;
    void find_owner(const std::string& name) override;
    void watch_new_owners(bool watch) override;

    void acknowledged(int64_t row) override;
    void launches_changed(uint32_t owner, const job::NotifyService& service, uint32_t count) override;

private:
    Loop& loop_;
    const Clock& clock_;
    Manager& manager_;
    bus::Peers& peers_;
    notify::Notifier* notifier_ = nullptr;
    Source wake_;
};

} // namespace haulier::daemon
