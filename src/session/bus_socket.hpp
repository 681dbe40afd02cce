// SPDX-License-Identifier: LGPL-2.1-or-later
// The socket of the user's session bus, and the wait for it while the user logs in.
#pragma once

#include "base/event.hpp"
#include "base/fd.hpp"

#include <functional>
#include <string>
#include <sys/types.h>

namespace haulier::session {

/// The path in `address`, which has the form of DBUS_SESSION_BUS_ADDRESS; empty if that is no plain socket
/// path. Without an address, the socket in the runtime directory of `uid`.
std::string bus_socket(const char* address, uid_t uid);

/// Watches the directory of the socket.
class BusSocket {
public:
    enum class State {
        NoDirectory, ///< not even its directory exists
        Missing,
        Foreign, ///< the file belongs to another user or is no socket
        Present,
    };
    BusSocket(Loop& loop, std::string path) : loop_(loop), path_(std::move(path)) {}

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] State state() const;
    /// Calls `changed` whenever state() may have changed, until stop_watching().
    void watch(std::function<void()> changed);
    void stop_watching();

private:
    Loop& loop_;
    std::string path_;
    Fd inotify_;
    Source io_;
};

} // namespace haulier::session
