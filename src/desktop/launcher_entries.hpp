// SPDX-License-Identifier: LGPL-2.1-or-later
// Progress in a dock: the signal com.canonical.Unity.LauncherEntry.Update. Docks that draw it own the name
// com.canonical.Unity; without one nothing is sent.
#pragma once

#include "base/event.hpp"
#include "desktop/bus_link.hpp"
#include "desktop/picture.hpp"

#include <map>
#include <string>
#include <vector>

namespace haulier::desktop {

class LauncherEntries {
public:
    LauncherEntries(Loop& loop, BusLink& bus);
    /// Of the views of an app the dock shows the average.
    void show(const std::vector<View>& views);

private:
    void send_changes();
    void send(const std::string& id, double progress, bool visible);

    Loop& loop_;
    BusLink& bus_;
    bool is_wanted_ = false;
    std::map<std::string, double> progress_; ///< by desktop id
    std::map<std::string, double> sent_;
    BootTime when_{};
    Source timer_;
};

} // namespace haulier::desktop
