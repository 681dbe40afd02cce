// SPDX-License-Identifier: LGPL-2.1-or-later
// Haulier on the bus: the connection, the root object, one object a job, and everything that is said without
// being asked. The one emission function for signals lives here.
#pragma once

#include "base/event.hpp"
#include "daemon/bus/compat.hpp"
#include "daemon/bus/event_bridge.hpp"
#include "daemon/bus/job_objects.hpp"
#include "daemon/bus/manager_object.hpp"
#include "daemon/bus/peers.hpp"
#include "daemon/manager.hpp"

#include <functional>
#include <string>
#include <vector>

namespace haulier::bus {

class Service final : public daemon::Announcer {
public:
    struct Events {
        std::function<void()> asked;    ///< somebody called us
        std::function<void()> bus_lost; ///< the connection broke
        std::function<void(const std::string&)> peer_left;
    };

    Service(Loop& loop, sdbus::IConnection& connection, daemon::Manager& manager, Events events);
    ~Service() override;

    /// Calls may come from now on.
    void take_name();
    /// Gives the name back and handles every call that was sent to it before; returns with all of them
    /// dispatched.
    void release_name();

    /// Asks whether the connection is still there; if not, Events::peer_left.
    void make_sure(const std::string& unique_name) { peers_.make_sure(unique_name); }
    /// An answer waits for the bus itself.
    [[nodiscard]] bool busy() const { return peers_.busy(); }

    void added(const daemon::Entry& entry) override;
    void removed(const daemon::Entry& entry, std::string_view result) override;
    void forgotten(const job::Id& id) override;
    void changed(const job::Job& before, const job::Job& after) override;
    void progressed(const daemon::Entry& entry) override;
    void file_transferred(const daemon::Entry& entry, uint32_t index) override;
    void object_changed(const daemon::Entry& entry) override;
    void ranges_filled(const daemon::Entry& entry, uint32_t index,
                       const std::vector<job::Range>& ranges) override;
    void conditions_changed() override;

private:
    void emit(const job::Id& id, const std::function<void(JobObject&)>& how);
    void emit_properties(const job::Id& id, const std::vector<std::string>& names);
    void say(const std::function<void()>& how);

    sdbus::IConnection& connection_;
    Events events_;
    Peers peers_;
    Context context_;
    EventBridge bridge_;
    ManagerObject root_;
    JobObjects objects_;
};

} // namespace haulier::bus
