// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/session_bus_caller.hpp"

#include "base/log.hpp"

#include <cstring>
#include <fmt/core.h>
#include <systemd/sd-bus.h>
#include <utility>

namespace haulier::session {

namespace {

constexpr const char* Interface = "org.haulier.Haulier1.Callback";
constexpr const char* Local = "org.freedesktop.DBus.Local";
constexpr const char* LocalPath = "/org/freedesktop/DBus/Local";

const char* method_of(const wire::Call& call) {
    switch (static_cast<int>(call.method())) {
    case wire::Call::JOB_ERROR: return "JobError";
    case wire::Call::FILE_TRANSFERRED: return "FileTransferred";
    case wire::Call::REMOTE_NAME_EXPIRED: return "RemoteNameExpired";
    default: return "JobTransferred";
    }
}

int append_arguments(sd_bus_message* m, const wire::Call& call) {
    int r = sd_bus_message_append(m, "os", call.job().c_str(), call.id().c_str());
    if (r < 0) return r;
    if (call.method() == wire::Call::JOB_ERROR) {
        const auto& e = call.failure();
        return sd_bus_message_append(m, "(ssisu)", e.context().c_str(), e.name().c_str(), e.code(),
                                     e.message().c_str(), e.file());
    }
    const auto& f = call.file();
    if (call.method() == wire::Call::REMOTE_NAME_EXPIRED)
        return sd_bus_message_append(m, "us", f.index(), f.remote().c_str());
    if (call.method() == wire::Call::FILE_TRANSFERRED)

        return sd_bus_message_append(m, "uss", f.index(), f.remote().c_str(), f.temporary().c_str());
    return r;
}

/// Empty if the reply to a question is not a text.
std::string answer_of(const wire::Call& call, sd_bus_message* reply) {
    const char* text = nullptr;
    if (call.method() != wire::Call::REMOTE_NAME_EXPIRED || sd_bus_message_read(reply, "s", &text) <= 0)
        return {};
    return std::string{text}.substr(0, LongestAnswer);
}

ErrorOrigin origin_of(sd_bus_message* reply) {
    const char* sender = sd_bus_message_get_sender(reply);
    uint64_t serial = 0;
    sd_bus_message_get_cookie(reply, &serial);
    return error_origin_of(sender ? sender : "", serial);
}

} // namespace

SessionBusCaller::SessionBusCaller(Loop& loop, std::string socket, Timeouts timeouts)
    : loop_(loop), socket_(loop, std::move(socket)), timeouts_(timeouts) {
    // A connection that is still attached when the loop ends would block to flush its queue.
    exit_ = loop_.on_exit([this] { close(); });
}

SessionBusCaller::~SessionBusCaller() {
    for (auto& pending : pending_)
        sd_bus_slot_unref(pending.slot);
    close();
}

void SessionBusCaller::call(const wire::Call& call, Done done) {
    idle_.reset();
    auto& pending = pending_.emplace_back(Pending{*this, call, std::move(done)});
    if (ready_)
        send_call(pending);
    else
        connect_when_ready();
}

void SessionBusCaller::connect_when_ready() {
    if (bus_ || connect_deadline_) return;
    connect_deadline_ = loop_.after(timeouts_.connect, [this] { give_up("it did not appear in time"); });
    if (socket_.state() == BusSocket::State::Missing)
        socket_.watch([this] {
            if (!bus_) try_connect();
        });
    try_connect();
}

void SessionBusCaller::try_connect() {
    retry_.reset();
    switch (socket_.state()) {
    case BusSocket::State::NoDirectory: return give_up("the user has no runtime directory");
    case BusSocket::State::Foreign: return give_up("its socket belongs to another user");
    case BusSocket::State::Missing: return;
    case BusSocket::State::Present:
        if (!connect()) retry_ = loop_.after(timeouts_.retry, [this] { try_connect(); });
    }
}

/// Returns before the handshake, which the loop carries out.
bool SessionBusCaller::connect() {
    auto handle_connected = [](sd_bus_message*, void* self, sd_bus_error*) noexcept {
        static_cast<SessionBusCaller*>(self)->on_connected();
        return 0;
    };
    auto handle_disconnected = [](sd_bus_message*, void* self, sd_bus_error*) noexcept {
        static_cast<SessionBusCaller*>(self)->on_disconnected();
        return 0;
    };
    int r = sd_bus_new(&bus_);
    if (r >= 0) r = sd_bus_set_address(bus_, ("unix:path=" + socket_.path()).c_str());
    if (r >= 0) r = sd_bus_set_bus_client(bus_, 1);
    if (r >= 0) r = sd_bus_set_connected_signal(bus_, 1);
    if (r >= 0)
        r = sd_bus_match_signal(bus_, nullptr, Local, LocalPath, Local, "Connected", handle_connected, this);
    if (r >= 0)
        r = sd_bus_match_signal(bus_, nullptr, Local, LocalPath, Local, "Disconnected", handle_disconnected,
                                this);
    if (r >= 0) r = sd_bus_attach_event(bus_, loop_.raw(), static_cast<int>(EventPriority::Normal));
    if (r >= 0) r = sd_bus_start(bus_);
    if (r < 0) {
        log::debug(fmt::format("cannot connect to {}: {}", socket_.path(), std::strerror(-r)));
        close();
    }
    return r >= 0;
}

void SessionBusCaller::on_connected() {
    ready_ = true;
    connect_deadline_.reset();
    socket_.stop_watching();
    for (auto next = pending_.begin(); next != pending_.end();) {
        auto& pending = *next++;
        if (!pending.slot) send_call(pending);
    }
}

/// sd-bus has already failed the calls in flight.
void SessionBusCaller::on_disconnected() {
    if (!ready_) return give_up("it does not accept us");
    ready_ = false;
    disconnect_ = loop_.defer([this] { disconnect(); });
}

void SessionBusCaller::send_call(Pending& pending) {
    auto on_reply = [](sd_bus_message* reply, void* data, sd_bus_error*) noexcept {
        auto& p = *static_cast<Pending*>(data);
        const auto* error = sd_bus_message_get_error(reply);
        if (error)
            p.caller.finish(p, {call_outcome_of(error->name, origin_of(reply)), {}});
        else
            p.caller.finish(p, {CallOutcome::Acknowledged, answer_of(p.call, reply)});
        return 0;
    };
    const auto& call = pending.call;
    sd_bus_message* m = nullptr;
    int r = sd_bus_message_new_method_call(bus_, &m, call.name().c_str(), call.path().c_str(), Interface,
                                           method_of(call));
    if (r >= 0) r = append_arguments(m, call);
    if (r >= 0)
        r = sd_bus_call_async(bus_, &pending.slot, m, on_reply, &pending, uint64_t{call.timeout_ms()} * 1000);
    sd_bus_message_unref(m);
    if (r >= 0) return;
    log::warning(fmt::format("{} cannot be called: {}", call.name(), std::strerror(-r)));
    finish(pending, {CallOutcome::Refused, {}});
}

void SessionBusCaller::finish(Pending& pending, const CallResult& result) {
    auto done = std::move(pending.done);
    sd_bus_slot_unref(pending.slot);
    pending_.remove_if([&](const Pending& p) { return &p == &pending; });
    if (pending_.empty()) idle_ = loop_.after(timeouts_.idle, [this] { disconnect(); });
    done(result);
}

void SessionBusCaller::give_up(const char* reason) {
    log::debug(fmt::format("no session bus at '{}': {}", socket_.path(), reason));
    connect_deadline_.reset();
    retry_.reset();
    socket_.stop_watching();
    if (bus_) disconnect_ = loop_.defer([this] { disconnect(); });
    for (auto& pending : std::exchange(pending_, {}))
        pending.done({CallOutcome::NoBus, {}});
}

/// Calls that were added meanwhile need a new connection.
void SessionBusCaller::disconnect() {
    idle_.reset();
    disconnect_.reset();
    close();
    if (!pending_.empty()) connect_when_ready();
}

void SessionBusCaller::close() {
    ready_ = false;
    if (bus_) sd_bus_detach_event(bus_);
    bus_ = sd_bus_close_unref(bus_);
}

} // namespace haulier::session
