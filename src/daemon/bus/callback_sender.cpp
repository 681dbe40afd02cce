// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/callback_sender.hpp"

#include "base/log.hpp"
#include "daemon/bus/codec.hpp"
#include "daemon/bus/names/names.hpp"

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace haulier::bus {

namespace {

const char* method_of(const notify::JobTransferred&) {
    return "JobTransferred";
}
const char* method_of(const notify::JobFailed&) {
    return "JobError";
}
const char* method_of(const notify::FileTransferred&) {
    return "FileTransferred";
}
const char* method_of(const notify::FileRangesTransferred&) {
    return "FileRangesTransferred";
}
const char* method_of(const notify::JobModified&) {
    return "JobModification";
}

// The arguments after the object path and the id of the job.

void append(sdbus::MethodCall& /*call*/, const notify::JobTransferred&) {}
void append(sdbus::MethodCall& call, const notify::JobFailed& content) {
    call << encode(std::optional{content.error});
}
void append(sdbus::MethodCall& call, const notify::FileTransferred& content) {
    call << content.file << content.remote_name << content.temporary_name;
}
void append(sdbus::MethodCall& call, const notify::FileRangesTransferred& content) {
    call << content.file << encode(content.ranges);
}
void append(sdbus::MethodCall& /*call*/, const notify::JobModified&) {}

} // namespace

/// A call that waits for its reply. The proxy must not be destroyed inside its own reply handler.
struct CallbackSender::Pending {
    std::unique_ptr<sdbus::IProxy> proxy;
    std::function<void(const notify::DeliveryResult&)> done;
};

CallbackSender::CallbackSender(Loop& loop, sdbus::IConnection& connection, Usec timeout,
                               std::function<void()> bus_lost)
    : connection_(connection), timeout_(timeout), bridge_(loop, connection, std::move(bus_lost), {}),
      finished_(loop) {}

CallbackSender::~CallbackSender() = default;

void CallbackSender::send(const notify::Delivery& delivery,
                          std::function<void(const notify::DeliveryResult&)> done) {
    auto pending = std::make_shared<Pending>();
    pending->done = std::move(done);
    pending_.insert(pending);
    try {
        call(delivery, pending);
    } catch (const std::exception& e) {
        log::warning(std::string{"a callback could not be sent: "} + e.what());
        finish(pending, {CallOutcome::Gone, {}});
    }
}

void CallbackSender::call(const notify::Delivery& delivery, const std::shared_ptr<Pending>& pending) {
    const auto& [id, owner, target, content] = delivery;
    pending->proxy = make_proxy(connection_, target.destination, target.path);
    const auto* method = std::visit([](const auto& c) { return method_of(c); }, content);
    auto message = create_call(*pending->proxy, CallbackInterface, method);
    message << sdbus::ObjectPath{path_of(id)} << id.hex;
    std::visit([&](const auto& c) { append(message, c); }, content);

    std::weak_ptr<Pending> weak = pending;
    auto on_reply = [this, weak](const sdbus::MethodReply& reply, CallError error) {
        auto waiting = weak.lock();
        if (!waiting) return;
        auto outcome = error ? call_outcome_of(error->getName()) : CallOutcome::Acknowledged;
        finish(waiting, {outcome, unique_sender_of(reply)});
    };
    call_async(*pending->proxy, message, on_reply, static_cast<uint64_t>(timeout_.count()));
}

void CallbackSender::finish(const std::shared_ptr<Pending>& pending, const notify::DeliveryResult& result) {
    finished_.add([this, pending, result] {
        pending_.erase(pending);
        pending->done(result);
    });
}

} // namespace haulier::bus
