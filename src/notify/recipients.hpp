// SPDX-License-Identifier: LGPL-2.1-or-later
// The recipients of calls, under any name and about any job: a connection, a service that is being started,
// or a service on a session bus. Each gets one call at a time, and the calls that it did not reply to are
// counted.
#pragma once

#include "notify/back_off.hpp"
#include "notify/delivery.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <string>

namespace haulier::notify {

struct Recipient {
    Target::Kind kind = Target::Kind::Object; ///< Service: until a connection has its name
    uint32_t owner = 0;                       ///< of the session bus; 0 on our own bus
    std::string name;
    auto operator<=>(const Recipient&) const = default;
};
Recipient recipient_of(uint32_t owner, const Target& target);
/// The same, but separate for each owner of jobs that name the service: starts are counted for each owner.
Recipient lane_of(uint32_t owner, const Target& target);
/// A connection on our bus.
Recipient connection(const std::string& unique_name);

class Recipients {
public:
    void called(const Recipient& recipient) { ++accounts_[recipient].in_flight; }
    void ended(const Recipient& recipient);
    [[nodiscard]] bool is_busy(const Recipient& recipient) const;

    /// The recipient works: it replied, or it registered an object.
    void heard_from(const Recipient& recipient);
    /// It did not reply to a call that is still counted as in flight. Does nothing if it has left the bus
    /// since.
    void did_not_reply(const Recipient& recipient, BootTime now, const Policy& policy);
    /// It has left the bus.
    void forget(const Recipient& recipient) { accounts_.erase(recipient); }

    /// How many calls in a row it did not reply to.
    [[nodiscard]] uint32_t unanswered(const Recipient& recipient) const;
    [[nodiscard]] BootTime not_before(const Recipient& recipient) const;

private:
    struct Account {
        uint32_t in_flight = 0;
        BackOff silence;
    };
    [[nodiscard]] const Account* find(const Recipient& recipient) const;
    void drop_if_clear(std::map<Recipient, Account>::iterator position);

    std::map<Recipient, Account> accounts_;
};

} // namespace haulier::notify
