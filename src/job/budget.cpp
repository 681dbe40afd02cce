// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/budget.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::job {

namespace {

/// Less would only keep a connection busy.
constexpr uint64_t LeastBandwidth = 1024;
/// Every claim keeps an equal part divided by this.
constexpr uint64_t FloorDivisor = 4;

/// Not all transferred bytes are known; the heads of small files are not counted.
bool wants_more(const BudgetClaim& claim) {
    return claim.used >= claim.share - claim.share / 4;
}

} // namespace

bool is_bandwidth_limit(uint64_t limit) {
    return limit == 0 || limit >= LeastBandwidth;
}

Status check_bandwidth_limit(uint64_t limit) {
    if (is_bandwidth_limit(limit)) return Done{};
    return Error{
        Errc::InvalidArgument,
        fmt::format("a bandwidth limit of {} bytes a second is too small, 0 (none) or at least {} is needed",
                    limit, LeastBandwidth)};
}

std::vector<uint64_t> deal(uint64_t limit, const std::vector<BudgetClaim>& claims) {
    std::vector<uint64_t> shares(claims.size());
    if (claims.empty()) return shares;
    uint64_t equal = limit / claims.size();
    uint64_t left = limit;
    uint64_t hungry = 0;
    for (size_t i = 0; i < claims.size(); ++i) {
        if (wants_more(claims[i])) {
            ++hungry;
            continue;
        }
        auto needed = claims[i].used + claims[i].used / 2;
        shares[i] = std::clamp(needed, equal / FloorDivisor, equal);
        left -= shares[i];
    }
    // If all have enough, they share what is left, so that any of them may begin to use more.
    uint64_t takers = hungry > 0 ? hungry : claims.size();
    for (size_t i = 0; i < claims.size(); ++i)
        if (hungry == 0 || wants_more(claims[i])) shares[i] += left / takers;
    return shares;
}

} // namespace haulier::job
