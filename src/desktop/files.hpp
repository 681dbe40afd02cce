// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens finished files, and shows them in the file manager.
#pragma once

#include "desktop/bus_link.hpp"
#include "desktop/commands.hpp"
#include "desktop/inspector.hpp"

#include <string>

namespace haulier::desktop {

class Files {
public:
    Files(BusLink& bus, Commands& commands, Inspector& inspector)
        : bus_(bus), commands_(commands), inspector_(inspector) {}

    /// With the app of its type; not if it is a program by now.
    void open(const std::string& path);
    /// Selected in its folder; a folder itself is shown.
    void show(const std::string& path);

private:
    void show_in_manager(const std::string& path, bool is_folder);
    void open_with_desktop(const std::string& path);

    BusLink& bus_;
    Commands& commands_;
    Inspector& inspector_;
};

} // namespace haulier::desktop
