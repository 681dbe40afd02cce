// SPDX-License-Identifier: LGPL-2.1-or-later
// Notices on desktops without views of jobs, and on all desktops those about what has no view. Where the
// server is known to draw it, a view is a notice with a bar.
#pragma once

#include "base/event.hpp"
#include "desktop/notification_server.hpp"
#include "desktop/picture.hpp"
#include "desktop/surface.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace haulier::desktop {

class Notices {
public:
    Notices(Loop& loop, BusLink& bus, Presses presses);

    /// All views that are to be shown.
    void show(const std::vector<View>& views);
    /// Takes the place of the view that has ended with it.
    void tell(const Notice& notice);
    void end(const std::string& view);
    void end_all();
    /// Whether a bar is still being made that is to end.
    [[nodiscard]] bool busy() const { return on_their_way_ > 0; }

private:
    struct Bar {
        Note sent;
        View view;
        uint32_t id = 0;
        bool is_on_its_way = false; ///< the server has not said its id
        bool is_dismissed = false;  ///< the user has closed it
        BootTime when{};            ///< it was sent
    };
    void draw();
    void send_due();
    void send(const std::string& view, Bar& bar, Note note, BootTime now);
    void on_shown(const std::string& view, uint32_t id);
    void on_told(uint32_t id, const Notice& notice);
    void on_pressed(uint32_t id, const std::string& key);
    void on_closed(uint32_t id);
    void on_gone();

    Loop& loop_;
    Presses presses_;
    NotificationServer server_;
    std::vector<View> views_;         ///< that are to be shown
    std::map<std::string, Bar> bars_; ///< by view
    std::map<uint32_t, Notice> told_; ///< those that can still be pressed
    size_t on_their_way_ = 0;         ///< bars of which the server has not said its id
    Source timer_;
};

/// The notice for a view, and for an end or a wait.
Note note_of(const View& view);
Note note_of(const Notice& notice);

} // namespace haulier::desktop
