// SPDX-License-Identifier: LGPL-2.1-or-later
// A message bus with programs on it that behave well or badly, in simulated time. It knows what the notifier
// cannot know: which programs run, which of them owe a reply, and which were started.
#pragma once

#include "base/clock.hpp"
#include "notify/delivery.hpp"
#include "notify/sender.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace haulier::notify {

inline constexpr BootTime Never{Usec::max()};

/// How a program handles a call.
enum class Manner {
    Accepts,
    Refuses,
    PassesOnAnError, ///< of another program that it called itself, and which was not there
    LacksTheMethod,
    KeepsSilent,
    Dies,
};
/// What happens when the bus starts a service.
enum class Launch { Works, EndsAtOnce, Impossible };

class FakeBus final : public Sender {
public:
    struct Program {
        Manner manner = Manner::Accepts;
        std::set<uint64_t> open; ///< calls that the daemon waits for
        uint32_t overdue = 0;    ///< calls that the daemon waits for no longer
    };
    struct Service {
        Launch launch = Launch::Works;
        Manner manner = Manner::Accepts; ///< of the program that is started
        std::string owner;
        bool is_starting = false;
        std::vector<uint64_t> waiting; ///< calls to it that were made meanwhile
    };
    /// What the daemon is told.
    struct Daemon {
        std::function<void(const std::string&)> connection_lost;
        std::function<void(const std::string&)> late_reply;
        std::function<void(const std::string& name, const std::string& unique_name)> owner_changed;
    };
    /// A call as it ended.
    struct Ended {
        uint64_t number = 0;
        Delivery delivery;
        std::string receiver; ///< unique name of who got it, if anyone did
        bool was_started = false;
        CallOutcome outcome = CallOutcome::Unanswered;
    };

    explicit FakeBus(std::mt19937_64& random) : random_(random) {}
    /// Called with every call that ends, before the notifier is.
    std::function<void(const Ended&)> on_end;
    /// Called when a program gets a second call while it has one.
    std::function<void(const std::string& receiver)> on_second_call;
    Daemon daemon;
    bool owners_are_watched = false;
    BootTime now{std::chrono::seconds{1000}};
    std::map<std::string, Program> programs; ///< by unique name
    std::map<std::string, Service> services;

    void send(const Delivery& delivery, std::function<void(const DeliveryResult&)> done) override;

    /// Of the call that is sent next.
    [[nodiscard]] uint64_t next_number() const { return last_call_ + 1; }

    std::string connect(Manner manner);
    void leave(const std::string& unique_name);
    /// From now on; one that becomes reasonable replies to what is overdue.
    void set_manner(const std::string& unique_name, Manner manner);
    void take_name(const std::string& unique_name, const std::string& name);
    void give_up_name(const std::string& name);
    [[nodiscard]] std::string owner_of(const std::string& name) const;

    /// A call to this name is in flight.
    [[nodiscard]] bool is_called(const std::string& name) const;

    /// Calls `action` when time has advanced so far.
    void later(Usec delay, std::function<void()> action);
    /// When the next thing happens; never: in the far future.
    [[nodiscard]] BootTime next_event() const;
    /// Makes happen what is due now. False: nothing was.
    bool happen();

private:
    struct Call {
        Delivery delivery;
        std::function<void(const DeliveryResult&)> done;
        std::string receiver;
        bool was_started = false;
    };
    void deliver(uint64_t number, const std::string& receiver);
    void start(uint64_t number, const std::string& name);
    void reply(uint64_t number, const std::string& error, const std::string& sender);
    void fail(const std::string& receiver);
    Usec moment();

    std::mt19937_64& random_;
    uint64_t last_call_ = 0;
    int last_program_ = 0;
    std::map<uint64_t, Call> calls_;
    std::multimap<BootTime, std::function<void()>> events_;
};

} // namespace haulier::notify
