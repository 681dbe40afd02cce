// SPDX-License-Identifier: LGPL-2.1-or-later
// Limits of bytes a second: which are allowed, and how those who share one divide it. Pure functions over
// values.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <vector>

namespace haulier::job {

/// 0 (none), or so many that it makes sense.
bool is_bandwidth_limit(uint64_t limit);
Status check_bandwidth_limit(uint64_t limit);

/// What one of those who share a limit has had.
struct BudgetClaim {
    uint64_t share = 0; ///< bytes a second; 0 = nothing is known of it yet
    uint64_t used = 0;  ///< of that
};

/// The shares, which together are never more than `limit`. A claim that uses most of its share, or of which
/// nothing is known, gets at least an equal part. The others get somewhat more than they use, and never so
/// little that they could not begin to use more.
std::vector<uint64_t> deal(uint64_t limit, const std::vector<BudgetClaim>& claims);

} // namespace haulier::job
