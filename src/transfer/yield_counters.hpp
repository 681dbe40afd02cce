// SPDX-License-Identifier: LGPL-2.1-or-later
// The bytes that each network interface has received and sent for all programs. They are read from
// /proc/self/net/dev, because that file always belongs to the network namespace of this process, and /sys may
// not.
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
    /// Returns an empty map if the kernel provides no counters.
    [[nodiscard]] AllInterfaceBytes read();

private:
    Fd file_;
};

/// Returns the interface that has this address, if there is one.
std::optional<std::string> interface_of(const sockaddr_storage& address);

} // namespace haulier::transfer
