// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/workers/systemd_client.hpp"

#include "base/log.hpp"
#include "daemon/bus/sdbus/compat.hpp"

#include <fmt/core.h>
#include <systemd/sd-bus.h>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr const char* Name = "org.freedesktop.systemd1";
constexpr const char* Path = "/org/freedesktop/systemd1";
constexpr const char* Manager = "org.freedesktop.systemd1.Manager";

bool is_refusal(const std::string& error) {
    return error == SD_BUS_ERROR_ACCESS_DENIED || error == SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED;
}

std::string message_of(const std::string& unit, const sd_bus_error& error) {
    std::string said = error.message ? error.message : error.name;
    if (bus::is_absence(error.name))
        return fmt::format("{} cannot be started: there is no systemd on the system bus, and it is needed to "
                           "run transfers as their owners",
                           unit);
    if (is_refusal(error.name))
        return fmt::format("{} cannot be started: systemd refuses it ({}); polkitd and the rules in "
                           "/usr/share/polkit-1/rules.d/haulier.rules are needed",
                           unit, said);
    return fmt::format("{} cannot be started: {}", unit, said);
}

/// Does not start systemd: if it is not running, the bus cannot start it.
bus::Message call_of(sd_bus* bus, const char* method, const std::string& unit) {
    auto call = bus::new_call(bus, Name, Path, Manager, method);
    int r = sd_bus_message_set_auto_start(call.get(), 0);
    if (r >= 0) r = sd_bus_message_append(call.get(), "ss", unit.c_str(), "replace");
    return r >= 0 ? call : bus::Message{};
}

} // namespace

/// From the call to the end of the systemd job that it creates.
struct SystemdClient::Start {
    SystemdClient* systemd = nullptr;
    std::string unit;
    Failed failed;
    bus::AsyncCall call;
    sd_bus_slot* match = nullptr;
    std::string job;       ///< as systemd replied
    std::string responder; ///< unique name of the connection that replied; signals of others do not count

    ~Start() { sd_bus_slot_unref(match); }

    /// If the bus refuses the match, a failure is not reported, and is noticed when the worker does not
    /// connect.
    void listen(sd_bus* bus) {
        auto rule = fmt::format("type='signal',sender='{}',path='{}',interface='{}',member='JobRemoved'",
                                Name, Path, Manager);
        auto on_signal = [](sd_bus_message* signal, void* self, sd_bus_error*) noexcept {
            auto& start = *static_cast<Start*>(self);
            start.systemd->removed(start, signal);
            return 0;
        };
        // Without a handler, a refusal would close the connection.
        auto on_installed = [](sd_bus_message*, void*, sd_bus_error*) noexcept { return 1; };
        sd_bus_add_match_async(bus, &match, rule.c_str(), on_signal, on_installed, this);
    }
};

SystemdClient::SystemdClient(sdbus::IConnection& connection) : bus_(bus::handle_of(connection)) {}

SystemdClient::~SystemdClient() = default;

void SystemdClient::restart(const std::string& unit, Failed failed) {
    auto& start = *(starts_[unit] = std::make_unique<Start>());
    start.systemd = this;
    start.unit = unit;
    start.failed = std::move(failed);
    start.listen(bus_);
    start.call = bus::AsyncCall{bus_, call_of(bus_, "RestartUnit", unit), bus::AsyncCall::DefaultTimeout,
                                [this, &start](sd_bus_message* reply) { replied(start, reply); }};
    if (!start.call) log::error(fmt::format("systemd cannot be asked to start {}", unit));
}

void SystemdClient::replied(Start& start, sd_bus_message* reply) {
    if (const auto* error = sd_bus_message_get_error(reply))
        return fail(start, message_of(start.unit, *error));
    const char* job = nullptr;
    if (sd_bus_message_read(reply, "o", &job) <= 0)
        return fail(start, fmt::format("systemd's answer about {} cannot be read", start.unit));
    start.job = job;
    start.responder = bus::sender_of(reply);
}

void SystemdClient::removed(Start& start, sd_bus_message* signal) {
    const char* job = nullptr;
    const char* result = nullptr;
    if (start.responder.empty() || bus::sender_of(signal) != start.responder) return;
    if (sd_bus_message_read(signal, "uoss", nullptr, &job, nullptr, &result) <= 0 || job != start.job) return;
    std::string how = result;
    if (how != "done")
        return fail(start, fmt::format("{0} could not be started ({1}); 'journalctl -u {0}' says why",
                                       start.unit, how));
    forget(start);
}

void SystemdClient::fail(Start& start, const std::string& why) {
    auto failed = std::move(start.failed);
    forget(start);
    failed(why);
}

void SystemdClient::forget(Start& start) {
    auto unit = start.unit;
    starts_.erase(unit);
}

void SystemdClient::stop(const std::string& unit) {
    starts_.erase(unit);
    if (auto call = call_of(bus_, "StopUnit", unit))
        sd_bus_call_async(bus_, nullptr, call.get(), nullptr, nullptr, 0);
}

} // namespace haulier::daemon
