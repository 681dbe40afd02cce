// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/refusing_hosts.hpp"

#include <cstddef>

namespace haulier::transfer {

namespace {

constexpr auto Remembered = std::chrono::minutes{15};
constexpr size_t MostRemembered = 256;

} // namespace

void RefusingHosts::add(const std::string& origin, Time now) {
    std::erase_if(refused_, [&](const auto& entry) { return now - entry.second > Remembered; });
    if (refused_.size() < MostRemembered) refused_[origin] = now;
}

bool RefusingHosts::refuses(const std::string& origin, Time now) const {
    auto found = refused_.find(origin);
    return found != refused_.end() && now - found->second <= Remembered;
}

} // namespace haulier::transfer
