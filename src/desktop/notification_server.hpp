// SPDX-License-Identifier: LGPL-2.1-or-later
// The desktop's notification server, org.freedesktop.Notifications: what it can do, and the notices in it.
#pragma once

#include "desktop/bus_link.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace haulier::desktop {

struct ServerAbilities {
    bool actions = false;
    bool markup = false;   ///< its texts are markup
    bool progress = false; ///< it draws the hint `value`
};

/// `name` and `capabilities` as it states them.
ServerAbilities abilities_of(const std::string& name, const std::vector<std::string>& capabilities);

struct Note {
    uint32_t replaces = 0; ///< id of the notice that it replaces
    std::string icon;
    std::string summary;
    std::string body;                                         ///< plain text
    std::vector<std::pair<std::string, std::string>> actions; ///< key and label
    Properties hints;
    int32_t timeout = -1; ///< milliseconds; -1 = as the server thinks, 0 = until it is closed
};

class NotificationServer {
public:
    struct Events {
        std::function<void(uint32_t id, const std::string& action)> pressed;
        std::function<void(uint32_t id)> closed; ///< by the user, by its age or by us
        std::function<void()> gone;              ///< another server has no notices of ours
    };
    NotificationServer(BusLink& bus, Events events);

    /// Calls `known` with what the server can do, empty if there is none and the bus cannot start one.
    void ask(std::function<void(const std::optional<ServerAbilities>&)> known);
    /// Shows a notice of a server that was asked; `shown` gets its id, 0 if it was refused.
    void show(const Note& note, std::function<void(uint32_t id)> shown);
    void close(uint32_t id);

private:
    using Waiting = std::function<void(const std::optional<ServerAbilities>&)>;
    void ask_name();
    void ask_capabilities(const std::string& server, const std::string& name);
    void on_failure(const std::string& asked);
    void answer(const std::optional<ServerAbilities>& abilities);
    void on_owner(const std::string& owner);

    BusLink& bus_;
    Events events_;
    std::string owner_;
    std::optional<ServerAbilities> abilities_;
    bool is_absent_ = false; ///< none answers, until one has the name
    std::vector<Waiting> waiting_;
};

} // namespace haulier::desktop
