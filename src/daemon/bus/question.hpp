// SPDX-License-Identifier: LGPL-2.1-or-later
// A call of ours to somebody else on the bus that waits for its answer while the loop turns. Dropped, also
// from inside its own answer, it hears nothing more.
//
// Speaks libsystemd's own API, which is the same under every sdbus-c++.
#pragma once

#include "base/clock.hpp"

#include <functional>
#include <memory>

struct sd_bus;
struct sd_bus_message;

namespace haulier::bus {

/// A reference to a message.
using Message = std::shared_ptr<sd_bus_message>;
/// Takes a reference of its own.
Message keep(sd_bus_message* message);

class Question {
public:
    /// A reply or an error; made up by libsystemd when none came in time.
    using Answer = std::function<void(sd_bus_message*)>;

    Question();
    /// `answer` comes in a later turn. False from explicit operator bool: the call could not be sent, and
    /// nothing will come.
    Question(sd_bus* bus, const Message& call, Usec timeout, Answer answer);
    Question(Question&&) noexcept;
    Question& operator=(Question&&) noexcept;
    ~Question();
    explicit operator bool() const { return under_way_ != nullptr; }

private:
    struct UnderWay;
    std::unique_ptr<UnderWay> under_way_;
};

} // namespace haulier::bus
