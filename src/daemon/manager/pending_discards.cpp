// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/pending_discards.hpp"

#include "base/log.hpp"
#include "daemon/common/batch.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr Usec FirstRetryPause = std::chrono::seconds{10};
constexpr Usec LongestRetryPause = std::chrono::hours{1};
/// After that, its directory is assumed to be deleted.
constexpr Usec LongestWait = std::chrono::hours{90 * 24};
/// The most that are remembered for one owner.
constexpr auto MostOfOwner = 10'000;

} // namespace

void PendingDiscards::restore(std::vector<store::Discard> discards) {
    auto today = context_.clock.now().wall;
    for (auto& discard : discards) {
        if (discard.since + LongestWait < today)
            context_.commits.forget_discard(discard);
        else
            discards_.push_back(std::move(discard));
    }
    if (!discards_.empty()) try_all();
}

void PendingDiscards::add(uint32_t owner, const DiscardOrder& order) {
    auto of_owner = std::count_if(discards_.begin(), discards_.end(),
                                  [owner](const auto& discard) { return discard.owner == owner; });
    if (of_owner >= MostOfOwner)
        return log::warning(fmt::format("'{}' in '{}' is not deleted: too many files wait for that",
                                        order.temporary, order.directory));
    discards_.push_back(
        {owner, order.directory, order.temporary, order.folder, context_.clock.now().wall, order.root});
    context_.commits.add_discard(discards_.back());
    pause_ = FirstRetryPause;
    set_timer();
}

void PendingDiscards::set_timer() {
    if (is_trying_ || discards_.empty()) return;
    timer_ = context_.loop.at(context_.clock.now().boot + pause_, [this] { try_all(); });
    pause_ = std::min(2 * pause_, LongestRetryPause);
}

void PendingDiscards::try_all() {
    timer_.reset();
    is_trying_ = true;
    pause_ = std::max(pause_, FirstRetryPause);
    auto step = [this, all = discards_](size_t i, const Callback<Done>& next) {
        const auto& discard = all[i];
        context_.workers.discard(discard.owner,
                                 {discard.directory, discard.temporary, discard.folder, discard.root},
                                 [this, discard, next](const Status& status) {
                                     if (status) deleted(discard);
                                     next(Done{});
                                 });
    };
    run_batch(discards_.size(), step, [this](const Status&) {
        is_trying_ = false;
        set_timer();
    });
}

void PendingDiscards::deleted(const store::Discard& discard) {
    std::erase(discards_, discard);
    context_.commits.forget_discard(discard);
}

} // namespace haulier::daemon
