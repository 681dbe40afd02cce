// SPDX-License-Identifier: LGPL-2.1-or-later
// A named socket, for tests that play a bus or leave a stale socket behind.
#pragma once

#include "base/fd.hpp"

#include <cstring>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>

namespace haulier::session {

inline Fd local_socket(const std::string& path, bool listens = true) {
    Fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        throw std::runtime_error("the name of the socket is too long");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
        (listens && listen(fd.get(), 4) < 0))
        throw std::runtime_error("cannot listen at " + path);
    return fd;
}

} // namespace haulier::session
