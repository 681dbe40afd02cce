// SPDX-License-Identifier: LGPL-2.1-or-later
// Bandwidth limits: which values are allowed, and how a limit is divided among those who share it. Pure
// functions over values.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <vector>

namespace haulier::job {

/// Whether the limit is 0 (none) or high enough to make sense.
bool is_bandwidth_limit(uint64_t limit);
Status check_bandwidth_limit(uint64_t limit);

/// What one of those who share a limit has used.
struct BudgetClaim {
    uint64_t share = 0; ///< bytes per second; 0 = nothing is known about it yet
    uint64_t used = 0;  ///< of the share
};

/// Returns the shares, whose sum never exceeds `limit`. A claim that uses most of its share, or about which
/// nothing is known, gets at least an equal part. The others get somewhat more than they use, and always
/// enough to begin to use more.
std::vector<uint64_t> deal(uint64_t limit, const std::vector<BudgetClaim>& claims);

} // namespace haulier::job
