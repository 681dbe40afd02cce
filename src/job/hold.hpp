// SPDX-License-Identifier: LGPL-2.1-or-later
// Holds: users stop all their jobs for a while, and administrators those of all users. Pure functions over
// values.
#pragma once

#include "base/result.hpp"
#include "job/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace haulier::job {

/// Whose jobs: those of one user, or nothing for those of all.
using Scope = std::optional<uint32_t>;

/// When each hold ends; 0 = when it is released.
struct Holds {
    std::optional<WallTime> all;
    std::map<uint32_t, WallTime> owners;
    bool operator==(const Holds&) const = default;

    void set(Scope scope, WallTime until);
    void release(Scope scope);
};

/// Of the owner's own hold and that of all users, the one that ends last. Nothing: the owner's jobs are not
/// held.
std::optional<WallTime> held_until(const Holds& holds, uint32_t owner);
/// When the next hold ends by itself.
std::optional<WallTime> next_end(const Holds& holds);
/// Releases those whose date has come, and returns them.
std::vector<Scope> drop_ended(Holds& holds, WallTime now);
/// A hold cannot end in the past.
Status check_end_of_hold(WallTime until, WallTime now);

} // namespace haulier::job
