// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/notification_server.hpp"

#include "base/i18n.hpp"
#include "base/must.hpp"
#include "desktop/sentences.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <systemd/sd-bus.h>

namespace haulier::desktop {

namespace {

constexpr const char* NoticesName = "org.freedesktop.Notifications";
constexpr const char* NoticesPath = "/org/freedesktop/Notifications";
/// As they call themselves.
constexpr std::array<std::string_view, 5> DrawProgress{"dunst", "mako", "SwayNotificationCenter", "swaync",
                                                       "notify-osd"};

template <class List>
bool has(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

uint32_t read_id(sd_bus_message* message) {
    return static_cast<uint32_t>(read_value(message).number());
}

} // namespace

ServerAbilities abilities_of(const std::string& name, const std::vector<std::string>& capabilities) {
    return {.actions = has(capabilities, "actions"),
            .markup = has(capabilities, "body-markup"),
            .progress = has(DrawProgress, name)};
}

NotificationServer::NotificationServer(BusLink& bus, Events events) : bus_(bus), events_(std::move(events)) {
    auto rule = std::string{"type='signal',interface='"} + NoticesName + "',member='";
    bus_.listen(rule + "ActionInvoked'", [this](sd_bus_message* signal) {
        if (owner_.empty() || sender_of(signal) != owner_) return;
        auto id = read_id(signal);
        events_.pressed(id, read_text(signal));
    });
    bus_.listen(rule + "NotificationClosed'", [this](sd_bus_message* signal) {
        if (!owner_.empty() && sender_of(signal) == owner_) events_.closed(read_id(signal));
    });
    bus_.watch_owner(NoticesName, [this](const std::string& owner) { on_owner(owner); });
}

void NotificationServer::on_owner(const std::string& owner) {
    if (owner == owner_) return;
    bool changed = !owner_.empty();
    owner_ = owner;
    abilities_.reset();
    is_absent_ = false;
    if (changed) events_.gone();
}

void NotificationServer::ask(Waiting known) {
    if (abilities_ || is_absent_) return known(abilities_);
    waiting_.push_back(std::move(known));
    if (waiting_.size() == 1) ask_name();
}

void NotificationServer::ask_name() {
    auto question = bus_.new_call(NoticesName, NoticesPath, NoticesName, "GetServerInformation");
    bus_.call(question, MayStart::Yes, [this, asked = owner_](sd_bus_message* reply) {
        if (error_of(reply).empty())
            ask_capabilities(sender_of(reply), read_text(reply));
        else
            on_failure(asked);
    });
}

/// Asks the server that has replied with its name, because another may have taken its place.
void NotificationServer::ask_capabilities(const std::string& server, const std::string& name) {
    auto question = bus_.new_call(server, NoticesPath, NoticesName, "GetCapabilities");
    bus_.call(question, MayStart::No, [this, server, name](sd_bus_message* reply) {
        bool is_replaced = !owner_.empty() && owner_ != server;
        if (!error_of(reply).empty() || is_replaced) return on_failure(server);
        std::vector<std::string> capabilities;
        auto list = read_value(reply);
        for (size_t i = 0; !list.at(i).text().empty(); ++i)
            capabilities.push_back(list.at(i).text());
        owner_ = server;
        answer(abilities_of(name, capabilities));
    });
}

/// The reply of a server that has left the bus says nothing about the present one.
void NotificationServer::on_failure(const std::string& asked) {
    if (owner_.empty() || owner_ == asked)
        answer(std::nullopt);
    else
        ask_name();
}

void NotificationServer::answer(const std::optional<ServerAbilities>& abilities) {
    abilities_ = abilities;
    is_absent_ = !abilities;
    for (const auto& known : std::exchange(waiting_, {}))
        known(abilities);
}

void NotificationServer::show(const Note& note, std::function<void(uint32_t)> shown) {
    auto abilities = abilities_.value_or(ServerAbilities{});
    auto call = bus_.new_call(NoticesName, NoticesPath, NoticesName, "Notify");
    auto* m = call.get();
    append(call, _("Transfers"));
    must(sd_bus_message_append(m, "u", note.replaces), "sd_bus_message_append");
    append(call, note.icon);
    append(call, note.summary);
    append(call, abilities.markup ? escaped(note.body) : note.body);
    std::vector<std::string> actions;
    if (abilities.actions)
        for (const auto& [key, label] : note.actions)
            actions.insert(actions.end(), {key, label});
    append_list(call, actions);
    append(call, note.hints);
    must(sd_bus_message_append(m, "i", note.timeout), "sd_bus_message_append");
    bus_.call(call, MayStart::Yes, [shown = std::move(shown)](sd_bus_message* reply) {
        shown(error_of(reply).empty() ? read_id(reply) : 0);
    });
}

void NotificationServer::close(uint32_t id) {
    auto call = bus_.new_call(NoticesName, NoticesPath, NoticesName, "CloseNotification");
    must(sd_bus_message_append(call.get(), "u", id), "sd_bus_message_append");
    bus_.call(call, MayStart::No);
}

} // namespace haulier::desktop
