// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/sdbus/peers.hpp"

#include "base/log.hpp"
#include "daemon/bus/sdbus/async_call.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>
#include <vector>

namespace haulier::bus {

namespace {

const std::string Driver = "org.freedesktop.DBus";

constexpr const char* Changes = "type='signal',sender='org.freedesktop.DBus',"
                                "interface='org.freedesktop.DBus',member='NameOwnerChanged'";
/// Only names that lost their owner for good.
constexpr const char* NoNewOwner = ",arg2=''";

} // namespace

Peers::Peers(sdbus::IConnection& connection, Events events)
    : bus_(make_proxy(connection, Driver, "/org/freedesktop/DBus")), events_(std::move(events)) {
    leaving_ = add_match(connection, std::string{Changes} + NoNewOwner,
                         [this](sdbus::Message& message) { on_owner_changed(message); });
}

Peers::~Peers() {
    sd_bus_slot_unref(arriving_);
}

void Peers::on_owner_changed(sdbus::Message& message) {
    try {
        if (!unique_sender_of(message).empty()) return; // any connection can send us this signal directly
        std::string name;
        std::string before;
        std::string after;
        message >> name >> before >> after;
        bool is_unique = !name.empty() && name.front() == ':';
        if (is_unique && after.empty()) events_.left(name);
        if (!is_unique) events_.owner_changed(name, after);
    } catch (const std::exception& e) {
        log::warning(std::string{"a NameOwnerChanged signal of the bus could not be read: "} + e.what());
    }
}

/// This rule exists only as long as it is needed, because it wakes the daemon for every new connection.
void Peers::watch_new_owners(bool watch) {
    if (watch == (arriving_ != nullptr)) return;
    if (!watch) {
        arriving_ = sd_bus_slot_unref(arriving_);
        return;
    }
    auto on_signal = [](sd_bus_message* signal, void* self, sd_bus_error*) noexcept {
        static_cast<Peers*>(self)->on_new_owner(signal);
        return 0;
    };
    // Without a handler, a refusal would close the connection.
    auto on_installed = [](sd_bus_message*, void*, sd_bus_error*) noexcept { return 1; };
    sd_bus_add_match_async(bus_handle(), &arriving_, Changes, on_signal, on_installed, this);
}

void Peers::on_new_owner(sd_bus_message* signal) noexcept {
    const char* name = nullptr;
    const char* after = nullptr;
    if (sender_of(signal) != Driver || sd_bus_message_read(signal, "sss", &name, nullptr, &after) <= 0)
        return;
    try {
        if (*name != ':' && *after) events_.owner_changed(name, after);
    } catch (const std::exception& e) {
        log::error(std::string{"unexpected failure about a new owner of a name: "} + e.what());
    }
}

void Peers::find_owner(const std::string& name, std::function<void(const std::string&)> found) {
    bus_->callMethodAsync("GetNameOwner")
        .onInterface(Driver)
        .withArguments(name)
        .uponReplyInvoke([found = std::move(found)](CallError error, const std::string& unique_name) {
            found(error ? std::string{} : unique_name);
        });
}

void Peers::check_connection(const std::string& unique_name) {
    bus_->callMethodAsync("NameHasOwner")
        .onInterface(Driver)
        .withArguments(unique_name)
        .uponReplyInvoke([this, unique_name](CallError error, bool has_owner) {
            if (!error && !has_owner) events_.left(unique_name);
        });
}

void Peers::need_activatable(const job::NotifyService& service, Callback<Done> done) {
    if (service.name.empty() || service.bus == job::ServiceBus::Session) return done(Done{});
    ++open_calls_;
    bus_->callMethodAsync("ListActivatableNames")
        .onInterface(Driver)
        .uponReplyInvoke([this, name = service.name,
                          done = std::move(done)](CallError error, const std::vector<std::string>& names) {
            --open_calls_;
            if (error)
                done(Error{Errc::Internal,
                           "the bus does not say which names it can start: " + error->getMessage()});
            else if (std::find(names.begin(), names.end(), name) == names.end())
                done(
                    Error{Errc::NotActivatable,
                          fmt::format("the bus cannot start '{}'; a file for it in dbus-1/services is needed",
                                      name)});
            else
                done(Done{});
        });
}

} // namespace haulier::bus
