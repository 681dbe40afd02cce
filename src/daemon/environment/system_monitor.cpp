// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/system_monitor.hpp"

#include "base/log.hpp"
#include "daemon/bus/sdbus/async_call.hpp"

#include <cstring>
#include <fmt/core.h>
#include <functional>
#include <map>
#include <systemd/sd-bus.h>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr const char* Properties = "org.freedesktop.DBus.Properties";

/// Reads what stands in a variant, if it has the type that its taker knows.
using Taker = std::function<void(RawProperties&, sd_bus_message*)>;

Taker number(std::optional<uint32_t> RawProperties::*place) {
    return [place](RawProperties& told, sd_bus_message* value) {
        uint32_t v = 0;
        if (sd_bus_message_read(value, "v", "u", &v) > 0) told.*place = v;
    };
}

Taker flag(std::optional<bool> RawProperties::*place) {
    return [place](RawProperties& told, sd_bus_message* value) {
        int v = 0;
        if (sd_bus_message_read(value, "v", "b", &v) > 0) told.*place = v != 0;
    };
}

Taker text(std::optional<std::string> RawProperties::*place) {
    return [place](RawProperties& told, sd_bus_message* value) {
        const char* v = nullptr;
        if (sd_bus_message_read(value, "v", "s", &v) > 0) told.*place = v;
    };
}

bool has_type(sd_bus_message* variant, const char* type) {
    const char* contents = nullptr;
    return sd_bus_message_peek_type(variant, nullptr, &contents) > 0 && std::strcmp(contents, type) == 0;
}

/// A match rule with a well-known sender keeps out broadcasts of others, but not what they send to us alone.
bool is_from(sd_bus_message* message, const std::string& name) {
    return !name.empty() && bus::sender_of(message) == name;
}

void debug(const char* what, int r) {
    log::debug(fmt::format("{}: {}", what, std::strerror(-r)));
}

} // namespace

/// A service, and which of its properties matter.
struct SystemMonitor::MonitoredService {
    const char* name;
    const char* path;
    struct Property {
        const char* type;
        Taker take;
    };
    std::map<std::string, Property> properties;
    std::function<void(RawProperties&)> forget;
};

/// The interface of each is called as the service.
const std::vector<SystemMonitor::MonitoredService>& SystemMonitor::monitored_services() {
    static const std::vector<MonitoredService> all{
        {"org.freedesktop.NetworkManager",
         "/org/freedesktop/NetworkManager",
         {{"State", {"u", number(&RawProperties::state)}},
          {"Connectivity", {"u", number(&RawProperties::connectivity)}},
          {"Metered", {"u", number(&RawProperties::metered)}}},
         [](RawProperties& t) { t.state = t.connectivity = t.metered = std::nullopt; }},
        {"org.freedesktop.UPower",
         "/org/freedesktop/UPower",
         {{"OnBattery", {"b", flag(&RawProperties::on_battery)}}},
         [](RawProperties& t) { t.on_battery.reset(); }},
        {"org.freedesktop.UPower.PowerProfiles",
         "/org/freedesktop/UPower/PowerProfiles",
         {{"ActiveProfile", {"s", text(&RawProperties::profile)}}},
         [](RawProperties& t) { t.profile.reset(); }},
        {"net.hadess.PowerProfiles",
         "/net/hadess/PowerProfiles",
         {{"ActiveProfile", {"s", text(&RawProperties::old_profile)}}},
         [](RawProperties& t) { t.old_profile.reset(); }},
    };
    return all;
}

SystemMonitor::SystemMonitor(Loop& loop, daemon::Environment& environment) : environment_(environment) {
    if (!connect(loop)) return;
    for (const auto& informant : monitored_services())
        watches_.push_back({this, &informant});
    for (auto& watch : watches_)
        listen(watch);
}

SystemMonitor::~SystemMonitor() {
    hang_up();
}

void SystemMonitor::hang_up() {
    if (bus_) sd_bus_detach_event(bus_);
    bus_ = sd_bus_close_unref(bus_);
}

/// Nothing waits here: greeting and subscriptions are in the connection's queue, and go out as the loop
/// turns.
bool SystemMonitor::connect(Loop& loop) {
    int r = sd_bus_open_system(&bus_);
    if (r >= 0) r = sd_bus_attach_event(bus_, loop.raw(), static_cast<int>(EventPriority::Normal));
    auto on_lost = [](sd_bus_message*, void* self, sd_bus_error*) noexcept {
        auto& watchers = *static_cast<SystemMonitor*>(self);
        log::debug("the system bus is lost");
        watchers.told_ = {};
        watchers.tell();
        return 0;
    };
    if (r >= 0)
        r = sd_bus_match_signal_async(bus_, nullptr, "org.freedesktop.DBus.Local",
                                      "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
                                      "Disconnected", on_lost, nullptr, this);
    // An attached connection flushes its queue when the loop ends, and waits for that: we must be gone by
    // then.
    leaving_ = loop.on_exit([this] { hang_up(); });
    if (r < 0) debug("no system bus, so nothing is known of network cost and power", r);
    return r >= 0;
}

/// First the subscriptions, then the question, so that no change falls between them.
void SystemMonitor::listen(Watch& watch) {
    auto on_changed = [](sd_bus_message* signal, void* self, sd_bus_error*) noexcept {
        auto& w = *static_cast<Watch*>(self);
        if (!is_from(signal, w.owner) || sd_bus_message_skip(signal, "s") < 0) return 0;
        w.all->take(w, signal);
        // Names of properties whose values are not in the signal.
        if (sd_bus_message_enter_container(signal, 'a', "s") > 0 && sd_bus_message_at_end(signal, 0) == 0)
            w.all->ask(w);
        return 0;
    };
    auto on_owner = [](sd_bus_message* signal, void* self, sd_bus_error*) noexcept {
        auto& w = *static_cast<Watch*>(self);
        const char* owner = nullptr;
        if (!is_from(signal, "org.freedesktop.DBus")) return 0;
        if (sd_bus_message_read(signal, "sss", nullptr, nullptr, &owner) < 0) return 0;
        w.owner = owner;
        w.all->forget(w);
        if (*owner) w.all->ask(w);
        return 0;
    };
    const auto& i = *watch.informant;
    auto changes = fmt::format("type='signal',sender='{0}',path='{1}',interface='{2}',"
                               "member='PropertiesChanged',arg0='{0}'",
                               i.name, i.path, Properties);
    auto owners = fmt::format("type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
                              "member='NameOwnerChanged',arg0='{}'",
                              i.name);
    for (auto [rule, handler] :
         {std::pair<std::string, sd_bus_message_handler_t>{changes, on_changed}, {owners, on_owner}})
        if (int r = sd_bus_add_match_async(bus_, nullptr, rule.c_str(), handler, nullptr, &watch); r < 0)
            debug(i.name, r);
    ask(watch);
}

/// Does not start whoever does not run.
void SystemMonitor::ask(Watch& watch) {
    auto on_answer = [](sd_bus_message* answer, void* self, sd_bus_error*) noexcept {
        auto& w = *static_cast<Watch*>(self);
        if (const auto* error = sd_bus_message_get_error(answer))
            log::debug(fmt::format("{} says nothing: {}", w.informant->name, error->name));
        else
            w.all->set_reported(w, answer);
        return 0;
    };
    const auto& i = *watch.informant;
    auto call = bus::new_call(bus_, i.name, i.path, Properties, "GetAll");
    int r = sd_bus_message_set_auto_start(call.get(), 0);
    if (r >= 0) r = sd_bus_message_append(call.get(), "s", i.name);
    if (r >= 0) r = sd_bus_call_async(bus_, nullptr, call.get(), on_answer, &watch, 0);
    if (r < 0) debug(i.name, r);
}

/// Who answers a call to the name is its owner.
void SystemMonitor::set_reported(Watch& watch, sd_bus_message* answer) {
    watch.owner = bus::sender_of(answer);
    take(watch, answer);
}

/// An a{sv} at the reading point of the message.
void SystemMonitor::take(const Watch& watch, sd_bus_message* m) {
    if (sd_bus_message_enter_container(m, 'a', "{sv}") <= 0) return;
    while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
        const char* name = nullptr;
        if (sd_bus_message_read(m, "s", &name) <= 0) return;
        auto found = watch.informant->properties.find(name);
        if (found != watch.informant->properties.end() && has_type(m, found->second.type))
            found->second.take(told_, m);
        else if (sd_bus_message_skip(m, "v") < 0)
            return;
        if (sd_bus_message_exit_container(m) < 0) return;
    }
    sd_bus_message_exit_container(m);
    tell();
}

void SystemMonitor::forget(const Watch& watch) {
    watch.informant->forget(told_);
    tell();
}

void SystemMonitor::tell() {
    environment_.set_reported(reported_conditions_of(told_));
}

} // namespace haulier::daemon
