// SPDX-License-Identifier: LGPL-2.1-or-later
// The views of jobs in KDE Plasma: org.kde.JobViewServerV2 and org.kde.JobViewV3.
#pragma once

#include "desktop/bus_link.hpp"
#include "desktop/picture.hpp"
#include "desktop/surface.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace haulier::desktop {

class JobViews {
public:
    /// `changed`: the server has come or gone; all views are to be shown again.
    JobViews(BusLink& bus, Presses presses, std::function<void()> changed);

    /// Whether there is a server.
    [[nodiscard]] bool present() const { return !server_.empty(); }
    void show(const View& view);
    void end(const EndedView& ended);
    void end_all();
    /// Whether a view is still being made.
    [[nodiscard]] bool busy() const { return present() && !shown_.empty(); }

private:
    struct Shown {
        std::string path;        ///< path of its object; empty until the server has created it
        bool is_refused = false; ///< the server does not create it
        View view;
        Properties sent;
        std::optional<EndedView> ended; ///< before its object was made
    };
    void on_server(const std::string& owner);
    void request(const std::string& id, Shown& shown);
    void on_made(const std::string& id, uint64_t round, const std::string& path);
    void send_changes(Shown& shown);
    void finish(std::map<std::string, Shown>::iterator place);
    void terminate(const std::string& path, const EndedView& ended);
    void on_pressed(const std::string& path, const std::string& member);

    BusLink& bus_;
    Presses presses_;
    std::function<void()> changed_;
    std::string server_;
    uint64_t round_ = 0; ///< counts the servers
    std::map<std::string, Shown> shown_;
};

/// What JobViewV3.update gets.
Properties job_view_properties(const View& view);

} // namespace haulier::desktop
