// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/sdbus/async_call.hpp"

#include "base/log.hpp"

#include <exception>
#include <systemd/sd-bus.h>
#include <utility>

namespace haulier::bus {

Message keep(sd_bus_message* message) {
    return {sd_bus_message_ref(message), &sd_bus_message_unref};
}

Message new_call(sd_bus* bus, const char* name, const char* path, const char* interface, const char* method) {
    sd_bus_message* made = nullptr;
    sd_bus_message_new_method_call(bus, &made, name, path, interface, method);
    return {made, &sd_bus_message_unref};
}

std::string sender_of(sd_bus_message* message) {
    const char* sender = sd_bus_message_get_sender(message);
    return sender ? sender : "";
}

bool is_absence(const std::string& error) {
    return error == SD_BUS_ERROR_SERVICE_UNKNOWN || error == SD_BUS_ERROR_NAME_HAS_NO_OWNER ||
           error.starts_with("org.freedesktop.DBus.Error.Spawn.");
}

struct AsyncCall::Pending {
    ReplyHandler on_reply;
    sd_bus_slot* slot = nullptr;

    ~Pending() { sd_bus_slot_unref(slot); }
    /// The handler may destroy this object.
    void handle(sd_bus_message* reply) noexcept {
        try {
            std::exchange(on_reply, {})(reply);
        } catch (const std::exception& e) {
            log::error(std::string{"unexpected failure in a reply handler: "} + e.what());
        }
    }
};

AsyncCall::AsyncCall() = default;
AsyncCall::AsyncCall(AsyncCall&&) noexcept = default;
AsyncCall& AsyncCall::operator=(AsyncCall&&) noexcept = default;
AsyncCall::~AsyncCall() = default;

AsyncCall::AsyncCall(sd_bus* bus, const Message& call, Usec timeout, ReplyHandler on_reply)
    : pending_(std::make_unique<Pending>()) {
    pending_->on_reply = std::move(on_reply);
    auto handle_reply = [](sd_bus_message* reply, void* self, sd_bus_error*) noexcept {
        static_cast<Pending*>(self)->handle(reply);
        return 0;
    };
    int r = sd_bus_call_async(bus, &pending_->slot, call.get(), handle_reply, pending_.get(),
                              static_cast<uint64_t>(timeout.count()));
    if (r < 0) pending_.reset();
}

} // namespace haulier::bus
