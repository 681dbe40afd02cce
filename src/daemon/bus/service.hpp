// SPDX-License-Identifier: LGPL-2.1-or-later
// Haulier on the bus: the connection, the filter in front of it, the root object, one object for each job,
// and all signals.
#pragma once

#include "base/event.hpp"
#include "daemon/bus/access/access_filter.hpp"
#include "daemon/bus/access/app_finder.hpp"
#include "daemon/bus/access/authority.hpp"
#include "daemon/bus/activity_signal.hpp"
#include "daemon/bus/context.hpp"
#include "daemon/bus/job_objects.hpp"
#include "daemon/bus/job_properties.hpp"
#include "daemon/bus/managed_objects.hpp"
#include "daemon/bus/manager_object.hpp"
#include "daemon/bus/permit_objects.hpp"
#include "daemon/bus/sdbus/compat.hpp"
#include "daemon/bus/sdbus/event_bridge.hpp"
#include "daemon/bus/sdbus/peers.hpp"
#include "daemon/bus/signals.hpp"
#include "daemon/bus/subscribers.hpp"
#include "daemon/common/instance.hpp"
#include "daemon/manager/manager.hpp"

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::bus {

class Service final : public daemon::JobObserver {
public:
    struct Events {
        std::function<void()> asked;    ///< a call has arrived
        std::function<void()> bus_lost; ///< the connection broke
        std::function<void(const std::string&)> peer_left;
        std::function<void(const std::string& name, const std::string& unique_name)> owner_changed;
        AppFinder::Examine examine;
    };

    /// `helper`: for calls to polkit. Listeners may occupy all reply slots of `connection`.
    Service(Loop& loop, sdbus::IConnection& connection, sdbus::IConnection& helper, daemon::Manager& manager,
            daemon::Instance instance, Events events);
    ~Service() override;

    /// Calls may come from now on.
    void take_name();
    /// Gives the name back and handles every call that was sent to it before. Those that the filter holds are
    /// dispatched later: as long as asking().
    void release_name();

    /// Calls Events::peer_left if the connection has left already.
    void check_connection(const std::string& unique_name) { peers_.check_connection(unique_name); }
    [[nodiscard]] Peers& peers() { return peers_; }
    /// A call waits for an answer of the bus or of polkit.
    [[nodiscard]] bool asking() const {
        return peers_.busy() || apps_.busy() || filter_.busy() || authority_.busy();
    }
    /// Also while a client has subscribed to signals and not chosen otherwise: it would not notice that we
    /// have left.
    [[nodiscard]] bool busy() const { return asking() || subscribers_.keep_daemon(); }

    void added(const daemon::JobRecord& entry) override;
    void removed(const daemon::JobRecord& entry, std::string_view result) override;
    void forgotten(const job::Id& id) override;
    void changed(const job::Job& before, const job::Job& after) override;
    void transfer_ended(const job::Job& job) override;
    void wait_reason_changed(const daemon::JobRecord& entry) override;
    void progressed(const daemon::JobRecord& entry, bool resized) override;
    void yielding_changed(const daemon::JobRecord& entry) override;
    void file_transferred(const daemon::JobRecord& entry, uint32_t index) override;
    void object_changed(const daemon::JobRecord& entry) override;
    void ranges_filled(const daemon::JobRecord& entry, uint32_t index,
                       const std::vector<job::Range>& ranges) override;
    void conditions_changed() override;
    void holds_changed(const job::Holds& before) override;
    void user_bandwidth_changed(uint32_t owner) override;
    void machine_bandwidth_changed() override;
    void permit_changed(const job::Permit& permit) override;

private:
    void left(const std::string& name);
    void tell_lost(const std::string& name);
    template <class Send>
    void send(Send send);
    template <class... Ts>
    void signal_from_manager(const job::Job& job, const std::vector<Listener>& to, const std::string& member,
                             const Ts&... arguments);
    template <class... Ts>
    void signal_from_job(const job::Job& job, const std::string& member, const Ts&... arguments);
    [[nodiscard]] JobView view_of(const daemon::JobRecord& record, const job::Job& job) const;
    template <class MakeValues>
    void properties_changed(const std::vector<Listener>& to, const job::Job& job, MakeValues values);
    void properties_changed(const std::vector<Listener>& to, const daemon::JobRecord& record,
                            std::initializer_list<std::string_view> names);
    void job_counts_changed(const std::vector<Listener>& to);
    void tell_of_new(const daemon::JobRecord& record, const std::vector<Listener>& with_facts,
                     const std::vector<Listener>& with_objects);
    void tell_of_old(const job::Job& job, const std::vector<Listener>& with_objects);
    void owner_changed(const job::Job& before, const job::Job& after);
    [[nodiscard]] std::vector<Listener> listeners_that_are(uint32_t user) const;
    void tell_activity(uint32_t owner);

    sdbus::IConnection& connection_;
    Events events_;
    Peers peers_;
    AppFinder apps_;
    Signals signals_;
    Authority authority_;
    Subscribers subscribers_;
    AccessFilter filter_;
    DescriptorReplies descriptors_;
    Context context_;
    EventBridge bridge_;
    PermitObjects permits_;
    ManagerObject root_;
    JobObjects objects_;
    ManagedObjects managed_;
    ActivitySignal activity_;
};

} // namespace haulier::bus
