// SPDX-License-Identifier: LGPL-2.1-or-later
// The bytes that each network interface has received and sent, of all programs, as /proc/self/net/dev has
// them: that file is always of the network namespace of this process, which /sys may not be.
#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

struct sockaddr_storage;

namespace haulier::transfer {

struct InterfaceBytes {
    uint64_t received = 0;
    uint64_t sent = 0;
};
using AllInterfaceBytes = std::map<std::string, InterfaceBytes, std::less<>>;

AllInterfaceBytes parse_interface_bytes(std::string_view text);

class InterfaceCounters {
public:
    /// Empty if the kernel does not tell.
    [[nodiscard]] AllInterfaceBytes read();

private:
    Fd file_;
};

/// The interface that has this address; nothing if there is none.
std::optional<std::string> interface_of(const sockaddr_storage& address);

} // namespace haulier::transfer
