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

/// Reads a variant, which has the right type, into its member.
using Reader = std::function<void(RawProperties&, sd_bus_message*)>;

Reader number(std::optional<uint32_t> RawProperties::*member) {
    return [member](RawProperties& raw, sd_bus_message* value) {
        uint32_t v = 0;
        if (sd_bus_message_read(value, "v", "u", &v) > 0) raw.*member = v;
    };
}

Reader flag(std::optional<bool> RawProperties::*member) {
    return [member](RawProperties& raw, sd_bus_message* value) {
        int v = 0;
        if (sd_bus_message_read(value, "v", "b", &v) > 0) raw.*member = v != 0;
    };
}

Reader text(std::optional<std::string> RawProperties::*member) {
    return [member](RawProperties& raw, sd_bus_message* value) {
        const char* v = nullptr;
        if (sd_bus_message_read(value, "v", "s", &v) > 0) raw.*member = v;
    };
}

Reader paths(std::optional<std::vector<std::string>> RawProperties::*member) {
    return [member](RawProperties& raw, sd_bus_message* value) {
        if (sd_bus_message_enter_container(value, 'v', "ao") <= 0) return;
        auto& all = (raw.*member).emplace();
        const char* path = nullptr;
        if (sd_bus_message_enter_container(value, 'a', "o") > 0) {
            while (sd_bus_message_read(value, "o", &path) > 0)
                all.emplace_back(path);
            sd_bus_message_exit_container(value);
        }
        sd_bus_message_exit_container(value);
    };
}

bool has_type(sd_bus_message* variant, const char* type) {
    const char* contents = nullptr;
    return sd_bus_message_peek_type(variant, nullptr, &contents) > 0 && std::strcmp(contents, type) == 0;
}

/// A match rule with a well-known sender excludes broadcasts of other connections, but not signals that they
/// send to us directly.
bool is_from(sd_bus_message* message, const std::string& name) {
    return !name.empty() && bus::sender_of(message) == name;
}

void log_failure(const char* what, int r) {
    log::debug(fmt::format("{}: {}", what, std::strerror(-r)));
}

} // namespace

/// A service and those of its properties that matter.
struct SystemMonitor::MonitoredService {
    const char* name;
    const char* path;
    struct Property {
        const char* type;
        Reader read;
    };
    std::map<std::string, Property> properties;
    std::function<void(RawProperties&)> forget;
};

/// The interface of each has the name of the service.
const std::vector<SystemMonitor::MonitoredService>& SystemMonitor::monitored_services() {
    static const std::vector<MonitoredService> all{
        {"org.freedesktop.NetworkManager",
         "/org/freedesktop/NetworkManager",
         {{"State", {"u", number(&RawProperties::state)}},
          {"Connectivity", {"u", number(&RawProperties::connectivity)}},
          {"Metered", {"u", number(&RawProperties::metered)}},
          {"Devices", {"ao", paths(&RawProperties::devices)}}},
         [](RawProperties& t) {
             t.state = t.connectivity = t.metered = std::nullopt;
             t.devices.reset();
         }},
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

SystemMonitor::SystemMonitor(Loop& loop, Environment& environment) : environment_(environment) {
    if (!connect(loop)) return;
    managed_.connect(bus_);
    for (const auto& service : monitored_services())
        watches_.push_back({this, &service, {}});
    for (auto& watch : watches_)
        subscribe(watch);
}

SystemMonitor::~SystemMonitor() {
    disconnect();
}

void SystemMonitor::disconnect() {
    if (bus_) sd_bus_detach_event(bus_);
    bus_ = sd_bus_close_unref(bus_);
}

/// Does not block: the handshake and the subscriptions are queued, and the loop sends them.
bool SystemMonitor::connect(Loop& loop) {
    int r = sd_bus_open_system(&bus_);
    if (r >= 0) r = sd_bus_attach_event(bus_, loop.raw(), static_cast<int>(EventPriority::Normal));
    auto on_lost = [](sd_bus_message*, void* self, sd_bus_error*) noexcept {
        auto& monitor = *static_cast<SystemMonitor*>(self);
        log::debug("the connection to the system bus is lost");
        monitor.properties_ = {};
        monitor.report();
        return 0;
    };
    if (r >= 0)
        r = sd_bus_match_signal_async(bus_, nullptr, "org.freedesktop.DBus.Local",
                                      "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
                                      "Disconnected", on_lost, nullptr, this);
    // A connection that is still attached when the loop ends would block to flush its queue.
    exit_ = loop.on_exit([this] { disconnect(); });
    if (r < 0) log_failure("no system bus, so network cost and power are unknown", r);
    return r >= 0;
}

/// Subscribes before it gets the properties, so that no change is missed between the two.
void SystemMonitor::subscribe(Watch& watch) {
    auto on_changed = [](sd_bus_message* signal, void* self, sd_bus_error*) noexcept {
        auto& w = *static_cast<Watch*>(self);
        if (!is_from(signal, w.owner) || sd_bus_message_skip(signal, "s") < 0) return 0;
        w.monitor->take(w, signal);
        // Properties that changed, but whose values are not in the signal.
        if (sd_bus_message_enter_container(signal, 'a', "s") > 0 && sd_bus_message_at_end(signal, 0) == 0)
            w.monitor->get_all(w);
        return 0;
    };
    auto on_owner = [](sd_bus_message* signal, void* self, sd_bus_error*) noexcept {
        auto& w = *static_cast<Watch*>(self);
        const char* owner = nullptr;
        if (!is_from(signal, "org.freedesktop.DBus")) return 0;
        if (sd_bus_message_read(signal, "sss", nullptr, nullptr, &owner) < 0) return 0;
        w.owner = owner;
        w.monitor->forget(w);
        if (*owner) w.monitor->get_all(w);
        return 0;
    };
    const auto& service = *watch.service;
    auto changes = fmt::format("type='signal',sender='{0}',path='{1}',interface='{2}',"
                               "member='PropertiesChanged',arg0='{0}'",
                               service.name, service.path, bus::PropertiesInterface);
    auto owners = fmt::format("type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
                              "member='NameOwnerChanged',arg0='{}'",
                              service.name);
    for (auto [rule, handler] :
         {std::pair<std::string, sd_bus_message_handler_t>{changes, on_changed}, {owners, on_owner}})
        if (int r = sd_bus_add_match_async(bus_, nullptr, rule.c_str(), handler, nullptr, &watch); r < 0)
            log_failure(service.name, r);
    get_all(watch);
}

/// Does not start the service.
void SystemMonitor::get_all(Watch& watch) {
    auto on_reply = [](sd_bus_message* reply, void* self, sd_bus_error*) noexcept {
        auto& w = *static_cast<Watch*>(self);
        if (const auto* error = sd_bus_message_get_error(reply))
            log::debug(fmt::format("{} does not report its properties: {}", w.service->name, error->name));
        else
            w.monitor->got_all(w, reply);
        return 0;
    };
    const auto& service = *watch.service;
    auto call = bus::new_call(bus_, service.name, service.path, bus::PropertiesInterface, "GetAll");
    int r = sd_bus_message_set_auto_start(call.get(), 0);
    if (r >= 0) r = sd_bus_message_append(call.get(), "s", service.name);
    if (r >= 0) r = sd_bus_call_async(bus_, nullptr, call.get(), on_reply, &watch, 0);
    if (r < 0) log_failure(service.name, r);
}

/// The connection that replies to a call of the name owns it.
void SystemMonitor::got_all(Watch& watch, sd_bus_message* reply) {
    watch.owner = bus::sender_of(reply);
    take(watch, reply);
}

/// `m` is about to be read at an a{sv}.
void SystemMonitor::take(const Watch& watch, sd_bus_message* m) {
    if (sd_bus_message_enter_container(m, 'a', "{sv}") <= 0) return;
    while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
        const char* name = nullptr;
        if (sd_bus_message_read(m, "s", &name) <= 0) return;
        auto found = watch.service->properties.find(name);
        if (found != watch.service->properties.end() && has_type(m, found->second.type))
            found->second.read(properties_, m);
        else if (sd_bus_message_skip(m, "v") < 0)
            return;
        if (sd_bus_message_exit_container(m) < 0) return;
    }
    sd_bus_message_exit_container(m);
    report();
}

void SystemMonitor::forget(const Watch& watch) {
    watch.service->forget(properties_);
    report();
}

/// Which of them NetworkManager manages matters only while it denies that there is a network.
void SystemMonitor::ask_for_devices(const ReportedConditions& reported) {
    if (reported.connected.value_or(true) || !properties_.devices) return managed_.forget();
    // NetworkManager is the first of the services.
    managed_.watch(watches_.front().owner, *properties_.devices);
}

/// Until NetworkManager has said what it manages, the former result stays.
void SystemMonitor::report() {
    auto reported = reported_conditions_of(properties_);
    ask_for_devices(reported);
    reported.managed = managed_.names();
    if (managed_.is_asking() && !reported.managed) reported.connected = environment_.reported().connected;
    environment_.set_reported(reported);
}

} // namespace haulier::daemon
