// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the user's session bus listens, and the wait for it while a log-in is under way.
#pragma once

#include "base/event.hpp"
#include "base/fd.hpp"

#include <functional>
#include <string>
#include <sys/types.h>

namespace haulier::session {

/// `address` as in DBUS_SESSION_BUS_ADDRESS, or nothing: the socket in the runtime directory of `uid`. Empty
/// when the address is anything but the path of a socket.
std::string bus_socket(const char* address, uid_t uid);

/// Tells when something happens in the directory of a socket.
class BusSocket {
public:
    enum class State {
        Nowhere, ///< not even its directory is there
        Missing,
        Foreign, ///< there is one, but of another user, or it is no socket
        Present,
    };
    BusSocket(Loop& loop, std::string path) : loop_(loop), path_(std::move(path)) {}

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] State state() const;
    /// `changed` is called until ignore(), each time that it may be worth to look again.
    void watch(std::function<void()> changed);
    void ignore();

private:
    Loop& loop_;
    std::string path_;
    Fd inotify_;
    Source io_;
};

} // namespace haulier::session
