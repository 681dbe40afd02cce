// SPDX-License-Identifier: LGPL-2.1-or-later
// Drives one sdbus-c++ connection from our loop. The poll data must be read before every wait, because a call
// may have moved messages from the socket to a queue in this process; hence the prepare callback.
#pragma once

#include "base/event.hpp"

#include <functional>

namespace sdbus {
class IConnection;
}
struct sd_event_source;

namespace haulier::bus {

class EventBridge {
public:
    /// The priority of the connection, and how many messages are processed per turn of the loop.
    struct Pace {
        EventPriority priority = EventPriority::Input;
        int messages = 1;
    };

    /// Calls `lost` once if the connection breaks; nothing is processed after that.
    EventBridge(Loop& loop, sdbus::IConnection& connection, std::function<void()> lost, Pace pace);
    ~EventBridge();
    EventBridge(const EventBridge&) = delete;
    EventBridge& operator=(const EventBridge&) = delete;

private:
    int prepare() noexcept;
    int dispatch() noexcept;
    int give_up() noexcept;

    sdbus::IConnection& connection_;
    std::function<void()> lost_;
    Pace pace_;
    sd_event_source* io_ = nullptr;
    sd_event_source* timer_ = nullptr;
};

} // namespace haulier::bus
