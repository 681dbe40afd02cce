// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks whether the downloads of a Metalink file are to be started, with a notice, and has haulierctl start
// them: anyone can make a page that offers such a file.
#pragma once

#include "base/event.hpp"
#include "desktop/commands.hpp"
#include "desktop/notification_server.hpp"

#include <cstdint>
#include <string>

namespace haulier::desktop {

class MetalinkPrompt {
public:
    /// Ends the loop with 0 if the user has decided, otherwise with 1.
    MetalinkPrompt(Loop& loop, BusLink& bus, const std::string& file);

private:
    void ask();
    void on_pressed(uint32_t id, const std::string& action);
    void start();
    void on_started(int status, const std::string& errors);

    Loop& loop_;
    std::string file_;
    std::string folder_;
    NotificationServer server_;
    Commands commands_;
    uint32_t question_ = 0;
    bool is_starting_ = false;
};

} // namespace haulier::desktop
