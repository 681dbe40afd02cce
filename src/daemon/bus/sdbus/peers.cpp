// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/sdbus/peers.hpp"

#include "base/log.hpp"
#include "job/validation.hpp"

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
            if (!sender_of(message).empty()) return; // anybody may tell us alone that somebody has left
            std::string name;
            message >> name;
            if (!name.empty() && name.front() == ':') left_(name);
        } catch (const std::exception& e) {
            log::warning(std::string{"a NameOwnerChanged could not be read: "} + e.what());
        }
    });
}

void Peers::make_sure(const std::string& unique_name) {
    bus_->callMethodAsync("NameHasOwner")
        .onInterface(Driver)
        .withArguments(unique_name)
        .uponReplyInvoke([this, unique_name](CallError error, bool has_owner) {
            if (!error && !has_owner) left_(unique_name);
        });
}

void Peers::need_activatable(const std::string& name, std::function<void(const Status&)> answer) {
    if (name.empty() || job::is_in_session(name)) return answer(Done{});
    ++questions_;
    bus_->callMethodAsync("ListActivatableNames")
        .onInterface(Driver)

        .uponReplyInvoke([this, name, answer = std::move(answer)](CallError error,
                                                                  const std::vector<std::string>& names) {
            --questions_;
            if (error)
                answer(Error{Errc::Internal,
                             "the bus does not say which names it can start: " + error->getMessage()});
            else if (std::find(names.begin(), names.end(), name) == names.end())
                answer(
                    Error{Errc::NotActivatable,
                          fmt::format("the bus cannot start '{}'; a file for it in dbus-1/services is needed",
                                      name)});
            else
                answer(Done{});
        });
}

} // namespace haulier::bus
