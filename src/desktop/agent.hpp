// SPDX-License-Identifier: LGPL-2.1-or-later
// The agent of a session: follows the jobs of the user on both buses, and shows them.
#pragma once

#include "base/event.hpp"
#include "desktop/bus_link.hpp"
#include "desktop/commands.hpp"
#include "desktop/daemon_watch.hpp"
#include "desktop/files.hpp"
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
    /// `system` may be empty.
    Agent(Loop& loop, BusLink& session, BusLink* system);

    /// Ends all views, so that no desktop believes that the agent has crashed, and then calls `done`.
    void end(std::function<void()> done);

private:
    std::unique_ptr<DaemonWatch> watch(BusLink& bus, BusKind kind);
    [[nodiscard]] DaemonWatch& daemon_of(const JobKey& key) const;
    [[nodiscard]] Presses presses();
    void wait_for_desktop(int rounds, const std::function<void()>& done);
    void touch();
    void refresh();
    void draw(const Update& update);
    void on_button(const std::vector<JobKey>& jobs, Button button);
    void on_action(const Notice& notice, NoticeAction action);
    void call_all(const std::vector<JobKey>& jobs, const char* method);

    Loop& loop_;
    Transfers transfers_{inspect};
    Commands commands_;
    Files files_;
    JobViews job_views_;
    Notices notices_;
    LauncherEntries launcher_entries_;
    std::unique_ptr<DaemonWatch> session_;
    std::unique_ptr<DaemonWatch> system_;
    bool is_ending_ = false;
    BootTime refreshed_{}; ///< last
    Source refresh_;
    Source timer_;
};

} // namespace haulier::desktop
