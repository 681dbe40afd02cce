// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/sdbus/peers.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>
#include <vector>

namespace haulier::bus {

namespace {

const std::string Driver = "org.freedesktop.DBus";

/// Only names that lost their owner for good.
const std::string Leaving = "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
                            "member='NameOwnerChanged',arg2=''";

} // namespace

Peers::Peers(sdbus::IConnection& connection, std::function<void(const std::string&)> left)
    : bus_(make_proxy(connection, Driver, "/org/freedesktop/DBus")), left_(std::move(left)) {
    leaving_ = add_match(connection, Leaving, [this](sdbus::Message& message) {
        try {
            if (!unique_sender_of(message).empty()) return; // any connection can send us this signal directly
            std::string name;
            message >> name;
            if (!name.empty() && name.front() == ':') left_(name);
        } catch (const std::exception& e) {
            log::warning(std::string{"a NameOwnerChanged could not be read: "} + e.what());
        }
    });
}

void Peers::check_connection(const std::string& unique_name) {
    bus_->callMethodAsync("NameHasOwner")
        .onInterface(Driver)
        .withArguments(unique_name)
        .uponReplyInvoke([this, unique_name](CallError error, bool has_owner) {
            if (!error && !has_owner) left_(unique_name);
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
