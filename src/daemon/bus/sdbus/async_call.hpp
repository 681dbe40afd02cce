// SPDX-License-Identifier: LGPL-2.1-or-later
// A call of ours to somebody else on the bus that waits for its answer while the loop turns. Dropped, also
// from inside its own answer, it hears nothing more.
//
// Speaks libsystemd's own API, which is the same under every sdbus-c++.
#pragma once

#include "base/clock.hpp"

#include <functional>
#include <memory>
#include <string>

struct sd_bus;
struct sd_bus_message;

namespace haulier::bus {

/// A reference to a message.
using Message = std::shared_ptr<sd_bus_message>;
/// Takes a reference of its own.
Message keep(sd_bus_message* message);
/// None if it cannot be made; libsystemd answers with an error to whatever is done with that.
Message new_call(sd_bus* bus, const char* name, const char* path, const char* interface, const char* method);
/// As the bus says; empty if it does not.
std::string sender_of(sd_bus_message* message);
/// Whether this error means that whoever was called is not there and cannot be started.
bool is_absence(const std::string& error);

class AsyncCall {
public:
    /// A reply or an error; made up by libsystemd when none came in time.
    using Answer = std::function<void(sd_bus_message*)>;
    /// As usual on a bus.
    static constexpr Usec Patience{25'000'000};

    AsyncCall();
    /// `answer` comes in a later turn. False from explicit operator bool: the call could not be sent, and
    /// nothing will come.
    AsyncCall(sd_bus* bus, const Message& call, Usec timeout, Answer answer);
    AsyncCall(AsyncCall&&) noexcept;
    AsyncCall& operator=(AsyncCall&&) noexcept;
    ~AsyncCall();
    explicit operator bool() const { return under_way_ != nullptr; }

private:
    struct UnderWay;
    std::unique_ptr<UnderWay> under_way_;
};

} // namespace haulier::bus
