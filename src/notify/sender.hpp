// SPDX-License-Identifier: LGPL-2.1-or-later
// The way to clients. There are two: the daemon's own bus, and the session bus of a job's owner.
#pragma once

#include "notify/delivery.hpp"

#include <functional>

namespace haulier::notify {

class Sender {
public:
    virtual ~Sender() = default;
    /// `done` is called exactly once, in a later turn of the loop.
    virtual void send(const Delivery& delivery, std::function<void(const DeliveryResult&)> done) = 0;
};

struct Senders {
    Sender& own_bus;
    Sender& session_bus;
};

} // namespace haulier::notify
