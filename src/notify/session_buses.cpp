// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/session_buses.hpp"

#include <utility>

namespace haulier::notify {

std::set<uint32_t> SessionBuses::set_active_users(std::set<uint32_t> uids) {
    auto before = std::exchange(active_, std::move(uids));
    std::erase_if(missing_, [&](uint32_t uid) { return active_.contains(uid); });
    auto arrived = active_;
    std::erase_if(arrived, [&](uint32_t uid) { return before.contains(uid); });
    return arrived;
}

} // namespace haulier::notify
