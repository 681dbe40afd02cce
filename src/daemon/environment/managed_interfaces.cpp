// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/managed_interfaces.hpp"

#include "base/log.hpp"

#include <cstdint>
#include <cstring>
#include <fmt/core.h>
#include <systemd/sd-bus.h>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr const char* Device = "org.freedesktop.NetworkManager.Device";
constexpr const char* Changes =
    "type='signal',sender='org.freedesktop.NetworkManager',interface='org.freedesktop.DBus.Properties',"
    "member='PropertiesChanged',arg0='org.freedesktop.NetworkManager.Device'";
constexpr uint32_t StateUnmanaged = 10;
constexpr Usec AnswerLimit{5'000'000};

struct DeviceProperties {
    std::string interface;
    std::string ip_interface; ///< the interface with the IP addresses, for example of a modem
    uint32_t state = 0;
    [[nodiscard]] const std::string& name() const { return ip_interface.empty() ? interface : ip_interface; }
    /// NetworkManager also lists the loopback interface, and newer versions as managed.
    [[nodiscard]] bool is_managed() const { return state > StateUnmanaged && interface != "lo"; }
};

void read_text(sd_bus_message* value, std::string& into) {
    const char* text = nullptr;
    if (sd_bus_message_read(value, "v", "s", &text) > 0) into = text;
}

/// False if nothing more can be read.
bool read_property(sd_bus_message* m, DeviceProperties& device) {
    const char* name = nullptr;
    if (sd_bus_message_read(m, "s", &name) <= 0) return false;
    const char* type = nullptr;
    if (sd_bus_message_peek_type(m, nullptr, &type) <= 0) return false;
    bool is_text = std::strcmp(type, "s") == 0;
    if (is_text && std::strcmp(name, "Interface") == 0)
        read_text(m, device.interface);
    else if (is_text && std::strcmp(name, "IpInterface") == 0)
        read_text(m, device.ip_interface);
    else if (std::strcmp(type, "u") == 0 && std::strcmp(name, "State") == 0)
        sd_bus_message_read(m, "v", "u", &device.state);
    else if (sd_bus_message_skip(m, "v") < 0)
        return false;
    return sd_bus_message_exit_container(m) >= 0;
}

DeviceProperties properties_in(sd_bus_message* reply) {
    DeviceProperties device;
    if (sd_bus_message_enter_container(reply, 'a', "{sv}") <= 0) return device;
    while (sd_bus_message_enter_container(reply, 'e', "sv") > 0)
        if (!read_property(reply, device)) break;
    return device;
}

} // namespace

ManagedInterfaces::ManagedInterfaces(std::function<void()> changed) : changed_(std::move(changed)) {}

ManagedInterfaces::~ManagedInterfaces() {
    sd_bus_slot_unref(match_);
}

void ManagedInterfaces::connect(sd_bus* bus) {
    bus_ = bus;
    auto on_changed = [](sd_bus_message* signal, void* self, sd_bus_error*) noexcept {
        auto& interfaces = *static_cast<ManagedInterfaces*>(self);
        if (!interfaces.owner_.empty() && bus::sender_of(signal) == interfaces.owner_) interfaces.ask();
        return 0;
    };
    if (int r = sd_bus_add_match_async(bus_, &match_, Changes, on_changed, nullptr, this); r < 0)
        log::debug(fmt::format("changes of network devices are not noticed: {}", std::strerror(-r)));
}

void ManagedInterfaces::watch(const std::string& owner, const std::vector<std::string>& devices) {
    if (owner_ == owner && devices_ == devices) return;
    owner_ = owner;
    devices_ = devices;
    ask();
}

void ManagedInterfaces::forget() {
    owner_.clear();
    devices_.clear();
    calls_.clear();
    left_ = 0;
    names_.reset();
}

void ManagedInterfaces::ask() {
    calls_.clear();
    left_ = 0;
    found_.reset();
    if (devices_.empty()) found_ = std::set<std::string>{};
    for (const auto& path : devices_) {
        auto call = bus::new_call(bus_, owner_.c_str(), path.c_str(), bus::PropertiesInterface, "GetAll");
        if (sd_bus_message_append(call.get(), "s", Device) < 0) continue;
        bus::AsyncCall asked{bus_, call, AnswerLimit, [this](sd_bus_message* reply) { answered(reply); }};
        if (!asked) continue;
        calls_.push_back(std::move(asked));
        ++left_;
    }
    if (left_ == 0) names_ = found_;
}

/// A device that does not answer has been removed meanwhile.
void ManagedInterfaces::answered(sd_bus_message* reply) {
    if (!sd_bus_message_get_error(reply)) {
        if (!found_) found_ = std::set<std::string>{};
        if (auto device = properties_in(reply); device.is_managed()) found_->insert(device.name());
    }
    if (--left_ > 0) return;
    names_ = std::exchange(found_, {});
    changed_();
}

} // namespace haulier::daemon
