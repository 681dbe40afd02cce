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
std::set<uint32_t> users_in(sd_bus_message* reply) {
    std::set<uint32_t> users;
    if (sd_bus_message_enter_container(reply, 'a', "(uso)") <= 0) return users;
    uint32_t uid = 0;
    while (sd_bus_message_read(reply, "(uso)", &uid, nullptr, nullptr) > 0)
        users.insert(uid);
    return users;
}

} // namespace

LogindUsers::LogindUsers(sdbus::IConnection& connection,
                         std::function<void(const std::set<uint32_t>&)> changed)
    : bus_(bus::handle_of(*bus::make_proxy(connection, Logind, Path))), changed_(std::move(changed)) {
    for (const char* member : {"UserNew", "UserRemoved"})
        subscribe(fmt::format("type='signal',sender='{}',path='{}',interface='{}',member='{}'", Logind, Path,
                              Manager, member));
    subscribe(fmt::format("type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
                          "member='NameOwnerChanged',arg0='{}'",
                          Logind));
    list_users();
}

LogindUsers::~LogindUsers() {
    for (auto* match : matches_)
        sd_bus_slot_unref(match);
}

/// The content of a signal is not trusted, because any connection can send us one. It only makes us ask
/// logind, whose reply the bus vouches for.
void LogindUsers::subscribe(const std::string& rule) {
    auto on_signal = [](sd_bus_message*, void* self, sd_bus_error*) noexcept {
        static_cast<LogindUsers*>(self)->list_users();
        return 0;
    };
    sd_bus_slot* match = nullptr;
    if (int r = sd_bus_add_match_async(bus_, &match, rule.c_str(), on_signal, nullptr, this); r < 0)
        log::warning(fmt::format("log-ins are not noticed: {}", std::strerror(-r)));
    matches_.push_back(match);
}

/// One call at a time, and it does not start logind.
void LogindUsers::list_users() {
    stale_ = static_cast<bool>(call_);
    if (call_) return;
    auto call = bus::new_call(bus_, Logind, Path, Manager, "ListUsers");
    if (sd_bus_message_set_auto_start(call.get(), 0) >= 0)
        call_ = bus::AsyncCall{bus_, call, bus::AsyncCall::DefaultTimeout,
                               [this](sd_bus_message* reply) { listed(reply); }};
    if (!call_) log::warning("logind cannot be asked which users are logged in");
}

/// If logind is gone, the users are not: the last list stays valid.
void LogindUsers::listed(sd_bus_message* reply) {
    call_ = {};
    if (const auto* error = sd_bus_message_get_error(reply))
        log::info(fmt::format("logind does not say which users are logged in: {}", error->name));
    else
        changed_(users_in(reply));
    if (stale_) list_users();
}

} // namespace haulier::daemon
