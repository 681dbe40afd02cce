// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/voice.hpp"

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
    default: return "JobTransferred";
    }
}

int append_arguments(sd_bus_message* m, const wire::Call& call) {
    int r = sd_bus_message_append(m, "os", call.job().c_str(), call.id().c_str());
    if (r < 0) return r;
    if (call.method() == wire::Call::JOB_ERROR) {
        const auto& f = call.failure();
        return sd_bus_message_append(m, "(ssisu)", f.context().c_str(), f.name().c_str(), f.code(),
                                     f.message().c_str(), f.file());
    }
    if (call.method() == wire::Call::FILE_TRANSFERRED) {
        const auto& f = call.file();
        return sd_bus_message_append(m, "uss", f.index(), f.remote().c_str(), f.temporary().c_str());
    }
    return r;
}

} // namespace

Voice::Voice(Loop& loop, std::string socket, Patience patience)
    : loop_(loop), socket_(loop, std::move(socket)), patience_(patience) {
    // An attached connection flushes its queue when the loop ends, and waits for that.
    exit_ = loop_.on_exit([this] { close(); });
}

Voice::~Voice() {
    for (auto& pending : pending_)
        sd_bus_slot_unref(pending.slot);
    close();
}

void Voice::call(const wire::Call& call, Done done) {
    rest_.reset();
    auto& pending = pending_.emplace_back(Pending{*this, call, std::move(done)});
    if (ready_)
        say(pending);
    else
        approach();
}

void Voice::approach() {
    if (bus_ || deadline_) return;
    deadline_ = loop_.after(patience_.for_bus, [this] { give_up("it does not come"); });
    if (socket_.state() == BusSocket::State::Missing)
        socket_.watch([this] {
            if (!bus_) look();
        });
    look();
}

void Voice::look() {
    again_.reset();
    switch (socket_.state()) {
    case BusSocket::State::Nowhere: return give_up("the user is not there");
    case BusSocket::State::Foreign: return give_up("its socket is somebody else's");
    case BusSocket::State::Missing: return;
    case BusSocket::State::Present:
        if (!connect()) again_ = loop_.after(patience_.for_listener, [this] { look(); });
    }
}

/// Greeting and all that follows happen as the loop turns.
bool Voice::connect() {
    auto on_connected = [](sd_bus_message*, void* self, sd_bus_error*) noexcept {
        static_cast<Voice*>(self)->greeted();
        return 0;
    };
    auto on_lost = [](sd_bus_message*, void* self, sd_bus_error*) noexcept {
        static_cast<Voice*>(self)->cut_off();
        return 0;
    };
    int r = sd_bus_new(&bus_);
    if (r >= 0) r = sd_bus_set_address(bus_, ("unix:path=" + socket_.path()).c_str());
    if (r >= 0) r = sd_bus_set_bus_client(bus_, 1);
    if (r >= 0) r = sd_bus_set_connected_signal(bus_, 1);
    if (r >= 0)
        r = sd_bus_match_signal(bus_, nullptr, Local, LocalPath, Local, "Connected", on_connected, this);
    if (r >= 0)
        r = sd_bus_match_signal(bus_, nullptr, Local, LocalPath, Local, "Disconnected", on_lost, this);
    if (r >= 0) r = sd_bus_attach_event(bus_, loop_.raw(), static_cast<int>(EventPriority::Normal));
    if (r >= 0) r = sd_bus_start(bus_);
    if (r < 0) {
        log::debug(fmt::format("cannot connect to {}: {}", socket_.path(), std::strerror(-r)));
        close();
    }
    return r >= 0;
}

void Voice::greeted() {
    ready_ = true;
    deadline_.reset();
    socket_.ignore();
    for (auto next = pending_.begin(); next != pending_.end();) {
        auto& pending = *next++;
        if (!pending.slot) say(pending);
    }
}

/// Whoever was called has been settled by sd-bus: nobody will answer.
void Voice::cut_off() {
    if (!ready_) return give_up("it does not let us in");
    ready_ = false;
    leave_ = loop_.defer([this] { hang_up(); });
}

void Voice::say(Pending& pending) {
    auto on_reply = [](sd_bus_message* reply, void* data, sd_bus_error*) noexcept {
        auto& p = *static_cast<Pending*>(data);
        const auto* error = sd_bus_message_get_error(reply);
        p.voice.settle(p, error ? call_outcome_of(error->name) : CallOutcome::Acknowledged);
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
    settle(pending, CallOutcome::Refused);
}

void Voice::settle(Pending& pending, CallOutcome verdict) {
    auto done = std::move(pending.done);
    sd_bus_slot_unref(pending.slot);
    pending_.remove_if([&](const Pending& p) { return &p == &pending; });
    if (pending_.empty()) rest_ = loop_.after(patience_.for_calls, [this] { hang_up(); });
    done(verdict);
}

void Voice::give_up(const char* why) {
    log::debug(fmt::format("no session bus at '{}': {}", socket_.path(), why));
    deadline_.reset();
    again_.reset();
    socket_.ignore();
    if (bus_) leave_ = loop_.defer([this] { hang_up(); });
    for (auto& pending : std::exchange(pending_, {}))
        pending.done(CallOutcome::NoBus);
}

/// What came meanwhile finds its way to the bus anew.
void Voice::hang_up() {
    rest_.reset();
    leave_.reset();
    close();
    if (!pending_.empty()) approach();
}

void Voice::close() {
    ready_ = false;
    if (bus_) sd_bus_detach_event(bus_);
    bus_ = sd_bus_close_unref(bus_);
}

} // namespace haulier::session
