// SPDX-License-Identifier: LGPL-2.1-or-later
// The exception fence: what a handler throws must never unwind through libsystemd's C frames (sdbus-c++ 1.2
// lets everything but sdbus::Error through), and every call must be answered exactly once.
#pragma once

#include "base/log.hpp"
#include "daemon/bus/access/access.hpp"
#include "daemon/bus/context.hpp"
#include "daemon/bus/names/error_names.hpp"
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

/// Runs a method or property body that answers when it returns.
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

/// The value, or the error as sdbus-c++ wants it.
template <class T>
T unwrap(Result<T> result) {
    if (!result) throw to_bus(result.error());
    return std::move(*result);
}

/// An answer that is owed; dropped unanswered, it answers with an error.
template <class... Ts>
class PendingReply {
public:
    explicit PendingReply(sdbus::Result<Ts...>&& result) : result_(std::move(result)) {}
    PendingReply(const PendingReply&) = delete;
    PendingReply& operator=(const PendingReply&) = delete;
    ~PendingReply() {
        refuse(Error{Errc::Internal, "haulierd ends; what was stored goes on at its next start"});
    }

    /// What its caller takes up until then.
    void hold(QuotaTicket place) { place_ = std::move(place); }
    void give(const Ts&... values) noexcept {
        settle([&] { result_.returnResults(values...); });
    }
    /// With an Error, or a Refusal.
    template <class Reason>
    void refuse(const Reason& reason) noexcept {
        settle([&] { result_.returnError(to_bus(reason)); });
    }

private:
    template <class Send>
    void settle(Send send) noexcept {
        if (std::exchange(settled_, true)) return;
        place_.reset();
        try {
            send();
        } catch (const std::exception& e) {
            // The caller has left, or the bus has; there is nobody to tell.
            log::debug(std::string{"an answer could not be sent: "} + e.what());
        }
    }
    sdbus::Result<Ts...> result_;
    QuotaTicket place_;
    bool settled_ = false;
};

/// What a call is answered with when the manager has an answer: nothing, or one value.
template <class... Ts>
auto answering(std::shared_ptr<PendingReply<Ts...>> owed) {
    return [owed = std::move(owed)](const auto& result) {
        if (!result) return owed->refuse(result.error());
        if constexpr (sizeof...(Ts) == 0)
            owed->give();
        else
            owed->give(*result);
    };
}

/// A call that is answered later: `body` gets what is owed; what it throws is answered, too.
template <class... Ts, class Body>
void guarded_async(sdbus::Result<Ts...>&& result, const Context& context, Body&& body) noexcept {
    context.asked();
    auto owed = std::make_shared<PendingReply<Ts...>>(std::move(result));
    try {
        owed->hold(context.filter.enter());
        body(owed);
    } catch (const std::exception& e) {
        owed->refuse(Error{Errc::Internal, std::string{"unexpected failure in the daemon: "} + e.what()});
    }
}

} // namespace haulier::bus
