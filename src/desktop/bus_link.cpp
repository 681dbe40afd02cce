// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/bus_link.hpp"

#include "base/log.hpp"
#include "base/must.hpp"

#include <cstring>
#include <exception>
#include <fmt/core.h>
#include <systemd/sd-bus.h>
#include <utility>

namespace haulier::desktop {

namespace {

constexpr const char* DriverName = "org.freedesktop.DBus";
constexpr const char* DriverPath = "/org/freedesktop/DBus";

void guard(const MessageHandler& handler, sd_bus_message* message) noexcept {
    try {
        if (handler) handler(message);
    } catch (const std::exception& error) {
        log::debug(fmt::format("a message is not as expected: {}", error.what()));
    }
}

int open_bus(sd_bus** bus, BusKind kind) {
    return kind == BusKind::Session ? sd_bus_open_user(bus) : sd_bus_open_system(bus);
}

} // namespace

std::unique_ptr<BusLink> BusLink::open(Loop& loop, BusKind kind) {
    sd_bus* bus = nullptr;
    int r = open_bus(&bus, kind);
    // Without its session bus the agent has nothing to do.
    if (r >= 0) r = sd_bus_set_exit_on_disconnect(bus, kind == BusKind::Session);
    if (r >= 0) r = sd_bus_attach_event(bus, loop.raw(), static_cast<int>(EventPriority::Input));
    if (r >= 0) return std::unique_ptr<BusLink>{new BusLink{bus}};
    log::debug(
        fmt::format("no {} bus: {}", kind == BusKind::Session ? "session" : "system", std::strerror(-r)));
    sd_bus_unref(bus);
    return nullptr;
}

BusLink::~BusLink() {
    for (const auto& listener : listeners_)
        sd_bus_slot_unref(listener->slot);
    sd_bus_flush(bus_);
    sd_bus_detach_event(bus_);
    sd_bus_close_unref(bus_);
}

bool BusLink::is_same_bus(const BusLink& other) const {
    sd_id128_t one{};
    sd_id128_t two{};
    return sd_bus_get_bus_id(bus_, &one) >= 0 && sd_bus_get_bus_id(other.bus_, &two) >= 0 &&
           sd_id128_equal(one, two) != 0;
}

/// The library makes this signal itself.
void BusLink::when_lost(std::function<void()> lost) {
    listen("type='signal',path='/org/freedesktop/DBus/Local',interface='org.freedesktop.DBus.Local',"
           "member='Disconnected'",
           [lost = std::move(lost)](sd_bus_message*) { lost(); });
}

bool BusLink::take_name(const std::string& name) {
    return sd_bus_request_name(bus_, name.c_str(), 0) >= 0;
}

Message BusLink::new_call(const std::string& service, const std::string& path, const std::string& interface,
                          const std::string& method) {
    sd_bus_message* made = nullptr;
    must(sd_bus_message_new_method_call(bus_, &made, service.c_str(), path.c_str(), interface.c_str(),
                                        method.c_str()),
         "sd_bus_message_new_method_call");
    return {made, &sd_bus_message_unref};
}

Message BusLink::new_signal(const std::string& path, const std::string& interface,
                            const std::string& member) {
    sd_bus_message* made = nullptr;
    must(sd_bus_message_new_signal(bus_, &made, path.c_str(), interface.c_str(), member.c_str()),
         "sd_bus_message_new_signal");
    return {made, &sd_bus_message_unref};
}

/// The slot belongs to the connection, and frees the handler after the reply.
void BusLink::call(const Message& message, MayStart may_start, MessageHandler on_reply) {
    sd_bus_message_set_auto_start(message.get(), may_start == MayStart::Yes);
    auto* handler = new MessageHandler{std::move(on_reply)};
    auto handle_reply = [](sd_bus_message* reply, void* data, sd_bus_error*) noexcept {
        guard(*static_cast<MessageHandler*>(data), reply);
        return 0;
    };
    sd_bus_slot* slot = nullptr;
    int r = sd_bus_call_async(bus_, &slot, message.get(), handle_reply, handler, 0);
    if (r < 0) {
        delete handler;
        return log::debug(fmt::format("a call cannot be sent: {}", std::strerror(-r)));
    }
    sd_bus_slot_set_destroy_callback(slot, [](void* data) { delete static_cast<MessageHandler*>(data); });
    sd_bus_slot_set_floating(slot, 1);
    sd_bus_slot_unref(slot);
}

void BusLink::send(const Message& message) {
    sd_bus_send(bus_, message.get(), nullptr);
}

void BusLink::listen(const std::string& rule, MessageHandler handler) {
    auto listener = std::make_unique<Listener>(Listener{std::move(handler)});
    auto handle_message = [](sd_bus_message* message, void* data, sd_bus_error*) noexcept {
        guard(static_cast<Listener*>(data)->handler, message);
        return 0;
    };
    must(sd_bus_add_match(bus_, &listener->slot, rule.c_str(), handle_message, listener.get()),
         "sd_bus_add_match");
    listeners_.push_back(std::move(listener));
}

void BusLink::watch_owner(const std::string& name, std::function<void(const std::string&)> changed) {
    auto rule = fmt::format("type='signal',sender='{0}',interface='{0}',member='NameOwnerChanged',arg0='{1}'",
                            DriverName, name);
    listen(rule, [changed](sd_bus_message* signal) {
        if (sender_of(signal) != DriverName) return;
        read_text(signal);
        read_text(signal);
        changed(read_text(signal));
    });
    auto question = new_call(DriverName, DriverPath, DriverName, "GetNameOwner");
    append(question, name);
    call(question, MayStart::No, [changed = std::move(changed)](sd_bus_message* reply) {
        changed(error_of(reply).empty() ? read_text(reply) : "");
    });
}

} // namespace haulier::desktop
