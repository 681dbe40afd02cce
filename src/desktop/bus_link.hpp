// SPDX-License-Identifier: LGPL-2.1-or-later
// A connection to a bus that the event loop drives. Handlers may throw: what a message lacks is no reason to
// end, so the message is dropped.
#pragma once

#include "base/event.hpp"
#include "desktop/job.hpp"
#include "desktop/value.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

struct sd_bus;
struct sd_bus_message;
struct sd_bus_slot;

namespace haulier::desktop {

using Message = std::shared_ptr<sd_bus_message>;
using MessageHandler = std::function<void(sd_bus_message*)>;

/// Whether the bus may start the service that is called.
enum class MayStart { No, Yes };

class BusLink {
public:
    /// Empty if there is no such bus.
    static std::unique_ptr<BusLink> open(Loop& loop, BusKind kind);
    ~BusLink();
    BusLink(const BusLink&) = delete;
    BusLink& operator=(const BusLink&) = delete;

    /// Whether both are connections to the same bus.
    [[nodiscard]] bool is_same_bus(const BusLink& other) const;
    /// Calls `lost` when the bus has closed the connection. `lost` must not destroy the connection.
    void when_lost(std::function<void()> lost);
    /// False if another connection has the name.
    bool take_name(const std::string& name);

    Message new_call(const std::string& service, const std::string& path, const std::string& interface,
                     const std::string& method);
    Message new_signal(const std::string& path, const std::string& interface, const std::string& member);
    /// The handler gets the reply or an error.
    void call(const Message& message, MayStart may_start, MessageHandler on_reply = {});
    void send(const Message& message);
    /// Until the connection is closed.
    void listen(const std::string& rule, MessageHandler handler);
    /// Calls `changed` now and whenever the well-known name has another owner; "" for none.
    void watch_owner(const std::string& name, std::function<void(const std::string& owner)> changed);

private:
    struct Listener {
        MessageHandler handler;
        sd_bus_slot* slot = nullptr;
    };
    explicit BusLink(sd_bus* bus) : bus_(bus) {}

    sd_bus* bus_;
    std::vector<std::unique_ptr<Listener>> listeners_;
};

// ---- messages ----

/// Throws std::system_error if the message has another type there.
Value read_value(sd_bus_message* message);
/// "a{sv}".
Properties read_properties(sd_bus_message* message);
std::string read_text(sd_bus_message* message);

/// The name of the error, or "" for a reply.
std::string error_of(sd_bus_message* reply);
std::string sender_of(sd_bus_message* message);

void append(const Message& message, const std::string& text);
void append(const Message& message, const Properties& properties);
void append_list(const Message& message, const std::vector<std::string>& texts);

} // namespace haulier::desktop
