// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks a program that the administrator has configured which proxy to use, as apt does with
// Proxy-Auto-Detect.
#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <string>

namespace haulier::transfer {

/// How long the program may take.
inline constexpr Usec ProxyCommandLimit = std::chrono::seconds{10};

/// Runs the program with the URL as its argument, and returns what it prints, at most 4 KiB. Returns an empty
/// text if it fails or takes longer than `limit`; then it is killed. Blocks, so it runs in the disk pool.
std::string run_proxy_command(const std::string& program, const std::string& url,
                              Usec limit = ProxyCommandLimit);

} // namespace haulier::transfer
