// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/logind_users.hpp"

#include "base/log.hpp"
#include "daemon/bus/sdbus/compat.hpp"

#include <cstring>
#include <fmt/core.h>
#include <systemd/sd-bus.h>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr const char* Logind = "org.freedesktop.login1";
constexpr const char* Path = "/org/freedesktop/login1";
constexpr const char* Manager = "org.freedesktop.login1.Manager";

/// An a(uso) of uid, name and object.
std::set<uint32_t> users_in(sd_bus_message* answer) {
    std::set<uint32_t> users;
    if (sd_bus_message_enter_container(answer, 'a', "(uso)") <= 0) return users;
    uint32_t uid = 0;
    while (sd_bus_message_read(answer, "(uso)", &uid, nullptr, nullptr) > 0)
        users.insert(uid);
    return users;
}

} // namespace

LogindUsers::LogindUsers(sdbus::IConnection& connection, std::function<void(const std::set<uint32_t>&)> told)
    : bus_(bus::handle_of(*bus::make_proxy(connection, Logind, Path))), told_(std::move(told)) {
    for (const char* member : {"UserNew", "UserRemoved"})
        listen(fmt::format("type='signal',sender='{}',path='{}',interface='{}',member='{}'", Logind, Path,
                           Manager, member));
    listen(fmt::format("type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
                       "member='NameOwnerChanged',arg0='{}'",
                       Logind));
    ask();
}

LogindUsers::~LogindUsers() {
    for (auto* match : matches_)
        sd_bus_slot_unref(match);
}

/// Nothing that a signal says is believed, since anybody may send us one; it is a reason to ask, and the bus
/// sees to who answers.
void LogindUsers::listen(const std::string& rule) {
    auto on_signal = [](sd_bus_message*, void* self, sd_bus_error*) noexcept {
        static_cast<LogindUsers*>(self)->ask();
        return 0;
    };
    sd_bus_slot* match = nullptr;
    if (int r = sd_bus_add_match_async(bus_, &match, rule.c_str(), on_signal, nullptr, this); r < 0)
        log::warning(fmt::format("log-ins go unnoticed: {}", std::strerror(-r)));
    matches_.push_back(match);
}

/// One question at a time, and logind is not started for it.
void LogindUsers::ask() {
    again_ = static_cast<bool>(call_);
    if (call_) return;
    auto call = bus::new_call(bus_, Logind, Path, Manager, "ListUsers");
    if (sd_bus_message_set_auto_start(call.get(), 0) >= 0)
        call_ = bus::AsyncCall{bus_, call, bus::AsyncCall::Patience,
                               [this](sd_bus_message* answer) { answered(answer); }};
    if (!call_) log::warning("logind cannot be asked who is there");
}

/// A logind that is gone has taken nobody along: what is known stays.
void LogindUsers::answered(sd_bus_message* answer) {
    call_ = {};
    if (const auto* error = sd_bus_message_get_error(answer))
        log::info(fmt::format("logind does not say who is there: {}", error->name));
    else
        told_(users_in(answer));
    if (again_) ask();
}

} // namespace haulier::daemon
