// SPDX-License-Identifier: LGPL-2.1-or-later
// Which job owners have a session bus, as far as is known.
#pragma once

#include <cstdint>
#include <set>

namespace haulier::notify {

class SessionBuses {
public:
    /// All users who are logged in or linger: they have a session bus, or will have one soon. Returns those
    /// who were not before.
    std::set<uint32_t> set_active_users(std::set<uint32_t> uids);
    [[nodiscard]] bool is_active(uint32_t uid) const { return active_.contains(uid); }

    /// A call found no bus: none is expected until the user logs in, or may_exist() is called.
    void set_missing(uint32_t uid) { missing_.insert(uid); }
    void may_exist(uint32_t uid) { missing_.erase(uid); }
    [[nodiscard]] bool is_missing(uint32_t uid) const { return missing_.contains(uid); }

private:
    std::set<uint32_t> active_;
    std::set<uint32_t> missing_;
};

} // namespace haulier::notify
