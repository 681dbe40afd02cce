// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/workers/yield_sharing.hpp"

#include <utility>

namespace haulier::daemon {

void YieldSharing::report(uint32_t user, LinkRates rates) {
    if (rates.empty())
        users_.erase(user);
    else
        users_[user] = std::move(rates);
}

LinkShares YieldSharing::shares_of(uint32_t user) const {
    LinkShares shares;
    auto own = users_.find(user);
    if (own == users_.end()) return shares;
    for (const auto& [other, rates] : users_)
        for (const auto& [link, rate] : rates) {
            if (other == user || !own->second.contains(link)) continue;
            auto& share = shares[link];
            ++share.workers;
            share.rate += rate;
        }
    return shares;
}

} // namespace haulier::daemon
