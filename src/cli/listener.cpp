// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/listener.hpp"

#include "cli/attempt.hpp"
#include "cli/compat.hpp"
#include "cli/decode.hpp"
#include "cli/refusals.hpp"

#include <fmt/core.h>
#include <systemd/sd-bus.h>
#include <utility>

namespace haulier::cli {

namespace {

const std::string Driver = "org.freedesktop.DBus";
constexpr const char* ManagerInterface = "org.haulier.Haulier1.Manager";

std::string owner_now(sdbus::IConnection& connection) {
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

} // namespace

std::string Signal::id() const {
    std::string folder = JobFolder;
    return path.starts_with(folder) ? path.substr(folder.size()) : std::string{};
}

Listener::~Listener() = default;

void Listener::Unref::operator()(sd_bus_slot* slot) const noexcept {
    sd_bus_slot_unref(slot);
}

/// A rule keeps strangers' broadcasts away, but not what they send to us alone: so the sender is looked at.
Outcome<Done> Listener::listen(std::function<void(const Signal&)> on_signal,
                               std::function<void(bool present)> on_owner) {
    auto hear = [this, on_signal = std::move(on_signal)](auto&& message) {
        bus_.fenced([&] {
            if (message.getSender() == owner_) on_signal(signal_of(message));
        });
    };
    auto hear_owner = [this, on_owner = std::move(on_owner)](auto&& message) {
        bus_.fenced([&] {
            if (message.getSender() != Driver) return;
            owner_ = signal_of(message).arguments[2].template get<std::string>();
            on_owner(!owner_.empty());
        });
    };
    return attempt_order(bus_, [&] {
        auto& connection = bus_.connection();
        signals_ = compat::add_match(
            connection, fmt::format("type='signal',sender='{}',path_namespace='{}'", BusName, RootPath),
            hear);
        owners_ = compat::add_match(connection,
                                    fmt::format("type='signal',sender='{0}',interface='{0}',"
                                                "member='NameOwnerChanged',arg0='{1}'",
                                                Driver, BusName),
                                    hear_owner);
        owner_ = owner_now(connection);
    });
}

Outcome<Done> Listener::subscribe(Absent absent, Answer answer) {
    answer_ = std::move(answer);
    auto* bus = compat::handle_of(bus_.connection());
    sd_bus_message* call = nullptr;
    int r = sd_bus_message_new_method_call(bus, &call, BusName, RootPath, ManagerInterface, "Subscribe");
    if (r >= 0) r = sd_bus_message_set_auto_start(call, absent == Absent::Start);
    sd_bus_slot* slot = nullptr;
    if (r >= 0) r = sd_bus_call_async(bus, &slot, call, &Listener::replied, this, 0);
    sd_bus_message_unref(call);
    question_.reset(slot);
    if (r < 0) return lost();
    return Done{};
}

int Listener::replied(sd_bus_message* reply, void* self, sd_bus_error* /*error*/) noexcept {
    auto& listener = *static_cast<Listener*>(self);
    listener.bus_.fenced([&] {
        auto answer = std::exchange(listener.answer_, nullptr);
        const auto* error = sd_bus_message_get_error(reply);
        if (error)
            return answer(refusal(text_of(error->name), text_of(error->message), listener.bus_.access()));
        listener.subscribed_at_ = text_of(sd_bus_message_get_sender(reply));
        answer(Done{});
    });
    return 0;
}

} // namespace haulier::cli
