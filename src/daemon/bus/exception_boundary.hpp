// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps exceptions of handlers from unwinding through libsystemd's C frames (sdbus-c++ 1.2 catches only
// sdbus::Error), and makes sure that every call gets exactly one reply.
#pragma once

#include "base/log.hpp"
#include "base/must.hpp"
#include "daemon/bus/access/access.hpp"
#include "daemon/bus/context.hpp"
#include "daemon/bus/names/error_names.hpp"
#include "daemon/bus/sdbus/async_call.hpp"
#include "daemon/bus/sdbus/compat.hpp"

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace haulier::bus {

inline sdbus::Error to_bus(const Error& error) {
    return make_error(bus_name(error.code), error.message);
}

inline sdbus::Error to_bus(const Refusal& refusal) {
    return make_error(refusal.name, refusal.message);
}

inline sdbus::Error unexpected(const char* what) {
    log::error(std::string{"unexpected failure in a bus handler: "} + what);
    return to_bus({Errc::Internal, std::string{"unexpected failure in the daemon: "} + what});
}

/// Runs the body of a method or property that replies when it returns.
template <class Body>
auto guarded(Body&& body) -> decltype(body()) {
    try {
        return body();
    } catch (const sdbus::Error&) {
        throw;
    } catch (const std::exception& e) {
        throw unexpected(e.what());
    } catch (...) {
        throw unexpected("not an exception");
    }
}

/// Returns the value, or throws the error as sdbus-c++ expects it.
template <class T>
T unwrap(Result<T> result) {
    if (!result) throw to_bus(result.error());
    return std::move(*result);
}

/// With what `content` appends to it.
template <class Append>
Message reply_to(sd_bus_message* call, Append content) {
    sd_bus_message* made = nullptr;
    must(sd_bus_message_new_method_return(call, &made), "sd_bus_message_new_method_return");
    Message reply{made, &sd_bus_message_unref};
    content(made);
    return reply;
}

/// The reply to a call in progress. If it is destroyed before that, it replies with an error.
template <class... Ts>
class PendingReply {
public:
    explicit PendingReply(sdbus::Result<Ts...>&& result) : result_(std::move(result)) {}
    PendingReply(const PendingReply&) = delete;
    PendingReply& operator=(const PendingReply&) = delete;
    ~PendingReply() {
        refuse(Error{Errc::Internal, "haulierd ends; what was stored goes on at its next start"});
    }

    /// Counts the call in its user's quota until then.
    void hold(QuotaTicket ticket) { ticket_ = std::move(ticket); }
    void give(const Ts&... values) noexcept {
        finish([&] { result_.returnResults(values...); });
    }
    /// Replies to `call` with what `content` appends to a message of libsystemd.
    template <class Append>
    void write(const Message& call, Append content) noexcept {
        try {
            auto reply = reply_to(call.get(), content);
            finish([&] { must(sd_bus_send(nullptr, reply.get(), nullptr), "sd_bus_send"); });
        } catch (const std::exception& e) {
            refuse(Error{Errc::Internal, std::string{"the reply cannot be written: "} + e.what()});
        }
    }
    /// Replies to `call` with a descriptor.
    void hand_over(DescriptorReplies& replies, const Message& call, const SharedFd& file) noexcept {
        finish([&] { replies.send(call, file); });
    }
    /// With an Error, or a Refusal.
    template <class Reason>
    void refuse(const Reason& reason) noexcept {
        finish([&] { result_.returnError(to_bus(reason)); });
    }

private:
    template <class Send>
    void finish(Send send) noexcept {
        if (std::exchange(finished_, true)) return;
        ticket_.reset();
        try {
            send();
        } catch (const std::exception& e) {
            // The caller has left, or the connection is lost.
            log::debug(std::string{"a reply could not be sent: "} + e.what());
        }
    }
    sdbus::Result<Ts...> result_;
    QuotaTicket ticket_;
    bool finished_ = false;
};

/// A callback for the manager that replies with its result: nothing, or one value.
template <class... Ts>
auto answering(std::shared_ptr<PendingReply<Ts...>> reply) {
    return [reply = std::move(reply)](const auto& result) {
        if (!result) return reply->refuse(result.error());
        if constexpr (sizeof...(Ts) == 0)
            reply->give();
        else
            reply->give(*result);
    };
}

/// Runs the body of a method that replies later, through the PendingReply that `body` gets. If it throws,
/// that is the reply.
template <class... Ts, class Body>
void guarded_async(sdbus::Result<Ts...>&& result, const Context& context, Body&& body) noexcept {
    context.asked();
    auto reply = std::make_shared<PendingReply<Ts...>>(std::move(result));
    try {
        reply->hold(context.filter.enter());
        body(reply);
    } catch (const std::exception& e) {
        reply->refuse(Error{Errc::Internal, std::string{"unexpected failure in the daemon: "} + e.what()});
    }
}

} // namespace haulier::bus
