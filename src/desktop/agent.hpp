// SPDX-License-Identifier: LGPL-2.1-or-later
// The agent of a session: follows the jobs of the user on both buses, and shows them.
#pragma once

#include "base/event.hpp"
#include "desktop/bus_link.hpp"
#include "desktop/commands.hpp"
#include "desktop/daemon_watch.hpp"
#include "desktop/files.hpp"
#include "desktop/inspector.hpp"
#include "desktop/job_views.hpp"
#include "desktop/launcher_entries.hpp"
#include "desktop/notices.hpp"
#include "desktop/transfers.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace haulier::desktop {

class Agent {
public:
    /// Connects to the system bus; empty if there is none.
    using OpenSystem = std::function<std::unique_ptr<BusLink>()>;

    Agent(Loop& loop, BusLink& session, OpenSystem open_system);

    /// Ends all views, so that no desktop believes that the agent has crashed, and then calls `done`.
    void end(std::function<void()> done);

private:
    std::unique_ptr<DaemonWatch> watch(BusLink& bus, BusKind kind);
    void connect_to_system();
    void on_system_lost();
    void reconnect_later();
    /// Empty if its bus cannot be reached.
    [[nodiscard]] DaemonWatch* daemon_of(const JobKey& key) const;
    [[nodiscard]] Presses presses();
    void wait_for_desktop(int rounds, const std::function<void()>& done);
    void touch();
    void refresh();
    void draw(const Update& update);
    void on_button(const std::vector<JobKey>& jobs, Button button);
    void on_action(const Notice& notice, NoticeAction action);
    void call_all(const std::vector<JobKey>& jobs, const char* method);

    Loop& loop_;
    OpenSystem open_system_;
    Inspector inspector_;
    Transfers transfers_{[this](const std::string& path) { return inspector_.look(path); }};
    Commands commands_;
    Files files_;
    JobViews job_views_;
    Notices notices_;
    LauncherEntries launcher_entries_;
    std::unique_ptr<DaemonWatch> session_;
    std::unique_ptr<BusLink> system_bus_;
    std::unique_ptr<DaemonWatch> system_;
    Usec reconnect_delay_{};
    Source reconnect_;
    bool is_ending_ = false;
    BootTime refreshed_{}; ///< last
    Source refresh_;
    Source timer_;
};

} // namespace haulier::desktop
