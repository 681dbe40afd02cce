// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls clients back, on a connection of its own: a mute client uses up reply slots of the connection that
// calls it (128 on dbus-daemon), and those of the service must stay free.
#pragma once

#include "base/clock.hpp"
#include "base/event.hpp"
#include "daemon/bus/sdbus/compat.hpp"
#include "daemon/bus/sdbus/event_bridge.hpp"
#include "daemon/manager/manager.hpp"
#include "notify/notifier.hpp"

#include <functional>
#include <memory>
#include <set>

namespace haulier::bus {

class CallbackSender final : public notify::Outside {
public:
    CallbackSender(Loop& loop, sdbus::IConnection& connection, daemon::Manager& manager, Usec timeout,
                   std::function<void()> bus_lost);
    ~CallbackSender() override;
    /// `make_sure`: see notify::Outside.
    void connect(notify::Notifier& notifier, std::function<void(const std::string&)> make_sure) {
        notifier_ = &notifier;
        make_sure_ = std::move(make_sure);
    }

    /// For the next calls.
    void set_timeout(Usec timeout) { timeout_ = timeout; }

    void call(const notify::Call& call, std::function<void(const notify::Reply&)> done) override;
    void acknowledged(int64_t row) override { manager_.acknowledged(row); }
    void delivery_failed(const notify::Call& call, CallOutcome verdict) override;
    void object_changed(const job::Id& id) override { manager_.object_changed(id); }
    void launches_changed(uint32_t owner, const std::string& service, uint32_t count) override {
        manager_.launches_changed({owner, service, count});
    }
    [[nodiscard]] BootTime now() const override { return SystemClock{}.now().boot; }
    void wake_at(BootTime when) override;
    void make_sure(const std::string& unique_name) override { make_sure_(unique_name); }

private:
    struct Pending;
    void start(const notify::Call& call, const std::shared_ptr<Pending>& pending);
    void start_in_session(const notify::Call& call, const daemon::JobRecord& entry,
                          const std::shared_ptr<Pending>& pending);
    void settle(const std::shared_ptr<Pending>& pending);

    Loop& loop_;
    sdbus::IConnection& connection_;
    daemon::Manager& manager_;
    Usec timeout_;
    EventBridge bridge_;
    notify::Notifier* notifier_ = nullptr;
    std::function<void(const std::string&)> make_sure_;
    Source wake_;
    std::set<std::shared_ptr<Pending>> pending_;
};

} // namespace haulier::bus
