// SPDX-License-Identifier: LGPL-2.1-or-later
// The worker's connection to its user's session bus, used to call services there about jobs of the system
// daemon. The bus starts the services. The daemon itself never connects to a user's bus, which would, and
// should, refuse it.
//
// Connects for the first call and disconnects when none is left for a while. Nothing here blocks: sd-bus is
// driven by the loop, and a bus that is not there yet is waited for.
#pragma once

#include "base/call_outcome.hpp"
#include "base/event.hpp"
#include "session/bus_socket.hpp"
#include "worker.pb.h"

#include <functional>
#include <list>
#include <string>

struct sd_bus;
struct sd_bus_slot;

namespace haulier::session {

struct Timeouts {
    Usec connect{20'000'000}; ///< until the bus exists and accepts us
    Usec retry{250'000};      ///< a socket exists for a moment before the bus listens on it
    Usec idle{10'000'000};    ///< without calls; then the connection is closed
};

class SessionBusCaller {
public:
    using Done = std::function<void(const CallResult&)>;

    /// `socket`: path of the bus's socket.
    SessionBusCaller(Loop& loop, std::string socket, Timeouts timeouts = {});
    ~SessionBusCaller();
    SessionBusCaller(const SessionBusCaller&) = delete;
    SessionBusCaller& operator=(const SessionBusCaller&) = delete;

    /// `done` is called exactly once, perhaps before this returns; never after the destructor.
    void call(const wire::Call& call, Done done);
    [[nodiscard]] bool connected() const { return ready_; }

private:
    struct Pending {
        SessionBusCaller& caller;
        wire::Call call;
        Done done;
        sd_bus_slot* slot = nullptr;
    };
    void connect_when_ready();
    void try_connect();
    bool connect();
    void on_connected();
    void on_disconnected();
    void send_call(Pending& pending);
    void finish(Pending& pending, const CallResult& result);
    void give_up(const char* reason);
    void disconnect();
    void close();

    Loop& loop_;
    BusSocket socket_;
    Timeouts timeouts_;
    sd_bus* bus_ = nullptr;
    bool ready_ = false; ///< the bus has accepted us
    std::list<Pending> pending_;
    Source connect_deadline_;
    Source retry_;
    Source idle_;
    Source disconnect_; ///< deferred, because a handler of the bus must not close it
    Source exit_;
};

} // namespace haulier::session
