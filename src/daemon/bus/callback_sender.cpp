// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/callback_sender.hpp"

#include "base/log.hpp"
#include "base/must.hpp"
#include "daemon/bus/codec.hpp"
#include "daemon/bus/names/names.hpp"
#include "daemon/bus/sdbus/async_call.hpp"
#include "daemon/bus/sdbus/compat.hpp"
#include "daemon/bus/sdbus/event_bridge.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
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
const char* method_of(const notify::RemoteNameExpired&) {
    return "RemoteNameExpired";
}

// The arguments after the object path and the id of the job.

void append_content(sdbus::MethodCall& /*call*/, const notify::JobTransferred&) {}
void append_content(sdbus::MethodCall& call, const notify::JobFailed& content) {
    call << encode(std::optional{content.error});
}
void append_content(sdbus::MethodCall& call, const notify::FileTransferred& content) {
    call << content.file << content.remote_name << content.temporary_name;
}
void append_content(sdbus::MethodCall& call, const notify::FileRangesTransferred& content) {
    call << content.file << encode(content.ranges);
}
void append_content(sdbus::MethodCall& /*call*/, const notify::JobModified&) {}
void append_content(sdbus::MethodCall& call, const notify::RemoteNameExpired& content) {
    call << content.file << content.remote_name;
}

/// What a client has replied to a question; empty if the reply is not a string.
std::string answer_of(const sdbus::MethodReply& reply, const CallError& error) {
    const char* text = nullptr;
    if (error || sd_bus_message_read(handle_of(reply), "s", &text) <= 0) return {};
    return std::string{text}.substr(0, LongestAnswer);
}

bool is_end(const notify::Content& content) {
    return std::holds_alternative<notify::JobTransferred>(content) ||
           std::holds_alternative<notify::JobFailed>(content);
}

uint64_t serial_of(sd_bus_message* message) {
    uint64_t serial = 0;
    sd_bus_message_get_cookie(message, &serial);
    return serial;
}

CallOutcome outcome_of(const sdbus::MethodReply& reply, const CallError& error) {
    if (!error) return CallOutcome::Acknowledged;
    auto origin = error_origin_of(sender_of(handle_of(reply)), serial_of(handle_of(reply)));
    return call_outcome_of(error->getName(), origin);
}

notify::DeliveryResult result_of(const notify::Content& content, const sdbus::MethodReply& reply,
                                 const CallError& error) {
    bool is_question = std::holds_alternative<notify::RemoteNameExpired>(content);
    return {outcome_of(reply, error), unique_sender_of(reply),
            is_question ? answer_of(reply, error) : std::string{}};
}

/// Decides what UnknownMethod means, from the interfaces of the object.
CallOutcome outcome_of_introspection(const sdbus::MethodReply& reply, const CallError& error) {
    auto outcome = outcome_of(reply, error);
    if (outcome == CallOutcome::Unanswered || outcome == CallOutcome::Gone) return outcome;
    if (outcome != CallOutcome::Acknowledged) return CallOutcome::NoSuchMethod;
    const char* interfaces = nullptr;
    if (sd_bus_message_read(handle_of(reply), "s", &interfaces) < 0) return CallOutcome::NoSuchMethod;
    bool has_it = std::string_view{interfaces}.find(CallbackInterface) != std::string_view::npos;
    return has_it ? CallOutcome::Declined : CallOutcome::NoSuchMethod;
}

/// Of the 128 reply slots that dbus-daemon gives a connection.
constexpr uint32_t SlotsPerConnection = 96;
/// Connections that make no more calls stay open for late replies.
constexpr size_t MaxConnections = 4;

} // namespace

/// One connection and its occupied reply slots: those of calls in flight, and those of calls that have timed
/// out.
class CallbackSender::CallbackConnection {
public:
    CallbackConnection(Loop& loop, ConnectionPtr connection, const Events& events)
        : connection_(std::move(connection)), late_reply_(events.late_reply),
          bridge_(loop, *connection_, events.bus_lost, {}) {
        auto bus = make_proxy(*connection_, "org.freedesktop.DBus", "/org/freedesktop/DBus");
        auto on_message = [](sd_bus_message* message, void* self, sd_bus_error*) noexcept {
            static_cast<CallbackConnection*>(self)->on_message(message);
            return 0;
        };
        must(sd_bus_add_filter(handle_of(*bus), &filter_, on_message, this), "sd_bus_add_filter");
    }
    ~CallbackConnection() { sd_bus_slot_unref(filter_); }
    CallbackConnection(const CallbackConnection&) = delete;
    CallbackConnection& operator=(const CallbackConnection&) = delete;

    sdbus::IConnection& connection() { return *connection_; }
    [[nodiscard]] bool has_free_slot() const { return in_flight_ + abandoned_ < SlotsPerConnection; }
    [[nodiscard]] bool is_idle() const { return in_flight_ == 0; }
    void called() { ++in_flight_; }
    void ended(CallOutcome outcome) {
        --in_flight_;
        if (outcome == CallOutcome::Unanswered) ++abandoned_;
    }

private:
    /// Replies that a handler waits for do not come here.
    void on_message(sd_bus_message* message) noexcept {
        if (!sd_bus_message_is_method_error(message, nullptr) && !is_return(message)) return;
        if (abandoned_ > 0) --abandoned_;
        const char* sender = sd_bus_message_get_sender(message);
        if (sender && *sender == ':') late_reply_(sender);
    }
    static bool is_return(sd_bus_message* message) {
        uint8_t type = 0;
        return sd_bus_message_get_type(message, &type) >= 0 && type == SD_BUS_MESSAGE_METHOD_RETURN;
    }

    ConnectionPtr connection_;
    std::function<void(const std::string&)> late_reply_;
    EventBridge bridge_;
    uint32_t in_flight_ = 0;
    uint32_t abandoned_ = 0;
    sd_bus_slot* filter_ = nullptr;
};

/// A call that waits for its reply. The proxy must not be destroyed inside its own reply handler.
struct CallbackSender::Pending {
    notify::Delivery delivery;
    std::function<void(const notify::DeliveryResult&)> done;
    CallbackConnection* via = nullptr; ///< nothing: the call could not be sent
    std::unique_ptr<sdbus::IProxy> proxy;
    std::unique_ptr<sdbus::IProxy> object; ///< of the connection that replied
    bool has_interface = false;            ///< the object is there
};

CallbackSender::CallbackSender(Loop& loop, std::function<ConnectionPtr()> connect, Usec timeout,
                               Events events)
    : loop_(loop), connect_(std::move(connect)), timeout_(timeout), events_(std::move(events)),
      finished_(loop) {
    open_line();
}

CallbackSender::~CallbackSender() = default;

void CallbackSender::open_line() {
    connections_.emplace_back(loop_, connect_(), events_);
}

CallbackSender::CallbackConnection& CallbackSender::connection_with_slot() {
    auto free = std::find_if(connections_.rbegin(), connections_.rend(),
                             [](const CallbackConnection& c) { return c.has_free_slot(); });
    if (free != connections_.rend()) return *free;
    open_line();
    return connections_.back();
}

void CallbackSender::send(const notify::Delivery& delivery,
                          std::function<void(const notify::DeliveryResult&)> done) {
    auto pending = std::make_shared<Pending>(Pending{delivery, std::move(done)});
    pending_.insert(pending);
    guarded(pending, [&] {
        const auto& target = delivery.target;
        auto& via = connection_with_slot();
        pending->proxy = make_proxy(via.connection(), target.destination, target.path);
        call(pending);
        via.called();
        pending->via = &via;
    });
}

/// A call that cannot be made counts as refused.
template <class Call>
void CallbackSender::guarded(const std::shared_ptr<Pending>& pending, Call make_call) {
    try {
        make_call();
    } catch (const std::exception& e) {
        log::warning(std::string{"a callback could not be sent: "} + e.what());
        finish(pending, {CallOutcome::Refused, {}, {}});
    }
}

void CallbackSender::call(const std::shared_ptr<Pending>& pending) {
    const auto& [id, owner, target, content] = pending->delivery;
    const auto* method = std::visit([](const auto& c) { return method_of(c); }, content);
    auto message = create_call(*pending->proxy, CallbackInterface, method);
    message << sdbus::ObjectPath{path_of(id)} << id.hex;
    std::visit([&](const auto& c) { append_content(message, c); }, content);

    std::weak_ptr<Pending> weak = pending;
    auto on_reply = [this, weak](const sdbus::MethodReply& reply, CallError error) {
        if (auto waiting = weak.lock()) answered(waiting, result_of(waiting->delivery.content, reply, error));
    };
    call_async(*pending->proxy, message, on_reply, static_cast<uint64_t>(timeout_.count()));
}

/// Libraries also reply UnknownMethod for an object that is not exported yet. An object with the interface
/// lacks only methods that its client does not want.
void CallbackSender::answered(const std::shared_ptr<Pending>& pending, notify::DeliveryResult result) {
    bool is_unclear = result.outcome == CallOutcome::NoSuchMethod && is_end(pending->delivery.content) &&
                      !result.sender.empty();
    if (!is_unclear) return finish(pending, result);
    if (!pending->has_interface) return ask_for_interface(pending, result.sender);
    result.outcome = CallOutcome::Declined;
    finish(pending, result);
}

/// It may have been exported since the call, so an object that has the interface is called once more.
void CallbackSender::ask_for_interface(const std::shared_ptr<Pending>& pending, const std::string& sender) {
    std::weak_ptr<Pending> weak = pending;
    auto on_reply = [this, weak, sender](const sdbus::MethodReply& reply, CallError error) {
        auto waiting = weak.lock();
        if (!waiting) return;
        auto outcome = outcome_of_introspection(reply, error);
        waiting->has_interface = outcome == CallOutcome::Declined;
        if (!waiting->has_interface) return finish(waiting, {outcome, sender, {}});
        guarded(waiting, [&] { call(waiting); });
    };
    guarded(pending, [&] {
        pending->object = make_proxy(pending->via->connection(), sender, pending->delivery.target.path);
        auto message = create_call(*pending->object, "org.freedesktop.DBus.Introspectable", "Introspect");
        call_async(*pending->object, message, on_reply, static_cast<uint64_t>(timeout_.count()));
    });
}

void CallbackSender::finish(const std::shared_ptr<Pending>& pending, const notify::DeliveryResult& result) {
    finished_.add([this, pending, result] {
        pending_.erase(pending);
        pending->proxy.reset();
        pending->object.reset();
        if (pending->via) pending->via->ended(result.outcome);
        close_old_lines();
        pending->done(result);
    });
}

/// Closing a connection frees its reply slots on the bus.
void CallbackSender::close_old_lines() {
    while (connections_.size() > MaxConnections && connections_.front().is_idle() &&
           !connections_.front().has_free_slot())
        connections_.pop_front();
}

} // namespace haulier::bus
