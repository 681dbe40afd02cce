// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/signals.hpp"

#include <systemd/sd-bus.h>

namespace haulier::bus {

namespace {

/// The reply slot stays occupied until the listener replies or leaves.
constexpr Usec Forever = Usec::max();

} // namespace

void Signals::remove(const std::string& listener) {
    unread_.remove(listener);
    questions_.erase(listener);
    ask();
}

/// D-Bus libraries reply to a Ping by themselves, and an error reply of a client shows the same.
void Signals::ask() {
    while (auto listener = unread_.next_question()) {
        auto ping = new_call(bus_, listener->c_str(), "/", "org.freedesktop.DBus.Peer", "Ping");
        auto on_reply = [this, name = *listener](sd_bus_message* reply) { answered(name, reply); };
        AsyncCall question{bus_, ping, Forever, on_reply};
        if (!question) return unread_.not_asked(*listener);
        questions_[*listener] = std::move(question);
    }
}

/// Errors of the bus itself, for example that the listener's queue is full, show nothing.
void Signals::answered(const std::string& listener, sd_bus_message* reply) {
    auto question = questions_.extract(listener); // destroyed when this returns
    if (sender_of(reply) != listener) return unread_.not_asked(listener);
    if (unread_.answered(listener)) tell_lost_(listener);
    ask();
}

} // namespace haulier::bus
