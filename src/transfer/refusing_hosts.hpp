// SPDX-License-Identifier: LGPL-2.1-or-later
// The servers that have refused to send one file over several connections.
#pragma once

#include <chrono>
#include <map>
#include <string>

namespace haulier::transfer {

class RefusingHosts {
public:
    using Time = std::chrono::steady_clock::time_point;

    void add(const std::string& origin, Time now);
    [[nodiscard]] bool refuses(const std::string& origin, Time now) const;

private:
    std::map<std::string, Time> refused_;
};

} // namespace haulier::transfer
