// SPDX-License-Identifier: LGPL-2.1-or-later
// Haulier on the bus: the connection, the gate in front of it, the root object, one object a job, and
// everything that is said without being asked.
#pragma once

#include "base/event.hpp"
#include "daemon/bus/authority.hpp"
#include "daemon/bus/compat.hpp"
#include "daemon/bus/context.hpp"
#include "daemon/bus/event_bridge.hpp"
#include "daemon/bus/gate.hpp"
#include "daemon/bus/job_objects.hpp"
#include "daemon/bus/manager_object.hpp"
#include "daemon/bus/peers.hpp"
#include "daemon/bus/subscribers.hpp"
#include "daemon/instance.hpp"
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

    Service(Loop& loop, sdbus::IConnection& connection, daemon::Manager& manager, daemon::Instance instance,
            Events events);
    ~Service() override;

    /// Calls may come from now on.
    void take_name();
    /// Gives the name back and handles every call that was sent to it before. Those that the gate holds are
    /// dispatched later: as long as asking().
    void release_name();

    /// Asks whether the connection is still there; if not, Events::peer_left.
    void make_sure(const std::string& unique_name) { peers_.make_sure(unique_name); }
    /// A call waits for an answer of the bus or of polkit.
    [[nodiscard]] bool asking() const { return peers_.busy() || gate_.busy() || authority_.busy(); }
    /// Also when somebody relies on our signals, who would not know that we have left.
    [[nodiscard]] bool busy() const { return asking() || !subscribers_.empty(); }

    void added(const daemon::Entry& entry) override;
    void removed(const daemon::Entry& entry, std::string_view result) override;
    void forgotten(const job::Id& id) override;
    void changed(const job::Job& before, const job::Job& after) override;
    void waits_otherwise(const daemon::Entry& entry) override;
    void progressed(const daemon::Entry& entry) override;
    void file_transferred(const daemon::Entry& entry, uint32_t index) override;
    void object_changed(const daemon::Entry& entry) override;
    void ranges_filled(const daemon::Entry& entry, uint32_t index,
                       const std::vector<job::Range>& ranges) override;
    void conditions_changed() override;

private:
    void left(const std::string& name);
    void say(const std::function<void()>& how);
    template <class... Ts>
    void say_of(const job::Job& job, const std::string& member, const Ts&... arguments);
    template <class... Ts>
    void say_on(const job::Job& job, const std::string& member, const Ts&... arguments);
    void tell_values(const job::Job& job, const std::vector<std::string>& names);
    void tell_counts(const std::vector<Listener>& to);
    void hand_over(const job::Job& before, const job::Job& after);

    sdbus::IConnection& connection_;
    Events events_;
    Peers peers_;
    Authority authority_;
    Subscribers subscribers_;
    Gate gate_;
    Context context_;
    EventBridge bridge_;
    ManagerObject root_;
    JobObjects objects_;
};

} // namespace haulier::bus
