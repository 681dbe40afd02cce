// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/bus_listener.hpp"

#include "cli/bus_errors.hpp"
#include "cli/bus_names.hpp"
#include "cli/call_guarded.hpp"
#include "cli/compat.hpp"
#include "cli/decode.hpp"

#include <fmt/core.h>
#include <systemd/sd-bus.h>
#include <utility>

namespace haulier::cli {

namespace {

const std::string Driver = "org.freedesktop.DBus";
constexpr const char* ManagerInterface = "org.haulier.Haulier1.Manager";

std::string current_owner(sdbus::IConnection& connection) {
    auto driver =
        sdbus::createProxy(connection, compat::Destination{Driver}, compat::Path{"/org/freedesktop/DBus"});
    std::string owner;
    try {
        driver->callMethod("GetNameOwner")
            .onInterface(Driver)
            .withArguments(std::string{BusName})
            .storeResultsTo(owner);
    } catch (const sdbus::Error& error) {
        if (error.getName() != Driver + ".Error.NameHasNoOwner") throw;
    }
    return owner;
}

Signal signal_of(sdbus::Message& message) {
    std::string member = message.getMemberName();
    return {message.getPath(), member, decode_arguments(member, message)};
}

std::string text_of(const char* text) {
    return text ? text : "";
}

std::string signal_rule() {
    return fmt::format("type='signal',sender='{}',path_namespace='{}'", BusName, RootPath);
}

std::string owner_rule() {
    return fmt::format("type='signal',sender='{0}',interface='{0}',member='NameOwnerChanged',arg0='{1}'",
                       Driver, BusName);
}

} // namespace

void BusListener::Unref::operator()(sd_bus_slot* slot) const noexcept {
    sd_bus_slot_unref(slot);
}

/// A match rule filters broadcasts, but not signals that another client sends to us alone; therefore the
/// sender is checked, too.
Result<Done, Failure> BusListener::listen(std::function<void(const Signal&)> on_signal,
                                          std::function<void(bool present)> on_owner) {
    auto handle_signal = [this, on_signal = std::move(on_signal)](auto&& message) {
        bus_.guarded([&] {
            if (message.getSender() == owner_) on_signal(signal_of(message));
        });
    };
    auto handle_owner = [this, on_owner = std::move(on_owner)](auto&& message) {
        bus_.guarded([&] {
            if (message.getSender() != Driver) return;
            owner_ = signal_of(message).arguments[2].template get<std::string>();
            on_owner(!owner_.empty());
        });
    };
    return call_guarded(bus_, [&] {
        auto& connection = bus_.connection();
        signal_match_ = compat::add_match(connection, signal_rule(), handle_signal);
        owner_match_ = compat::add_match(connection, owner_rule(), handle_owner);
        owner_ = current_owner(connection);
    });
}

Result<Done, Failure> BusListener::subscribe(IfAbsent if_absent, Subscribed on_reply) {
    on_reply_ = std::move(on_reply);
    auto* bus = compat::handle_of(bus_.connection());
    sd_bus_message* call = nullptr;
    int r = sd_bus_message_new_method_call(bus, &call, BusName, RootPath, ManagerInterface, "Subscribe");
    if (r >= 0) r = sd_bus_message_set_auto_start(call, if_absent == IfAbsent::Start);
    sd_bus_slot* slot = nullptr;
    if (r >= 0) r = sd_bus_call_async(bus, &slot, call, &BusListener::replied, this, 0);
    sd_bus_message_unref(call);
    call_.reset(slot);
    if (r < 0) return connection_lost();
    return Done{};
}

int BusListener::replied(sd_bus_message* reply, void* self, sd_bus_error* /*error*/) noexcept {
    auto& listener = *static_cast<BusListener*>(self);
    listener.bus_.guarded([&] {
        auto on_reply = std::exchange(listener.on_reply_, nullptr);
        const auto* error = sd_bus_message_get_error(reply);
        if (error)
            return on_reply(
                bus_failure(text_of(error->name), text_of(error->message), listener.bus_.access()));
        listener.subscribed_at_ = text_of(sd_bus_message_get_sender(reply));
        on_reply(Done{});
    });
    return 0;
}

} // namespace haulier::cli
