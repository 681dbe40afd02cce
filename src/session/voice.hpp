// SPDX-License-Identifier: LGPL-2.1-or-later
// The worker's voice on the session bus of its user: calls services there, which the bus starts, about jobs
// of the system's Haulier. The daemon itself never touches a user's bus: it would be refused, and it should
// be.
//
// Connects when there is something to say and leaves when there is nothing more. Nothing here waits: sd-bus
// is driven by the loop, and a bus that is not there yet is watched for.
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

struct Patience {
    Usec for_bus{20'000'000};   ///< until it is there and lets us in
    Usec for_listener{250'000}; ///< a socket is made before somebody listens to it
    Usec for_calls{10'000'000}; ///< then the connection is closed
};

class Voice {
public:
    using Done = std::function<void(CallOutcome)>;

    /// `socket`: of the bus.
    Voice(Loop& loop, std::string socket, Patience patience = {});
    ~Voice();
    Voice(const Voice&) = delete;
    Voice& operator=(const Voice&) = delete;

    /// `done` is called exactly once, maybe at once; not if the voice is dropped before.
    void call(const wire::Call& call, Done done);
    [[nodiscard]] bool connected() const { return ready_; }

private:
    struct Pending {
        Voice& voice;
        wire::Call call;
        Done done;
        sd_bus_slot* slot = nullptr;
    };
    void approach();
    void look();
    bool connect();
    void greeted();
    void cut_off();
    void say(Pending& pending);
    void settle(Pending& pending, CallOutcome verdict);
    void give_up(const char* why);
    void hang_up();
    void close();

    Loop& loop_;
    BusSocket socket_;
    Patience patience_;
    sd_bus* bus_ = nullptr;
    bool ready_ = false; ///< the bus knows us
    std::list<Pending> pending_;
    Source deadline_; ///< for the bus
    Source again_;
    Source rest_;
    Source leave_; ///< for what must not be done from inside a handler of the bus
    Source exit_;
};

} // namespace haulier::session
