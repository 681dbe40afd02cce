// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/history.hpp"

#include <algorithm>

namespace haulier::daemon {

namespace {

/// Jobs that ended one after the other are forgotten together.
constexpr Usec ShortestPause = std::chrono::hours{1};

} // namespace

void History::configure() {
    context_.commits.remember_ended(keep() > Usec{0} ? context_.config.history_entries : 0);
    expire();
}

void History::grown() {
    if (!timer_ && keep() > Usec{0}) wake_after(keep());
}

void History::list(job::EndedFilter filter, const Callback<std::vector<job::EndedJob>>& reply) {
    filter.since = std::max(filter.since, context_.clock.now().wall - keep());
    context_.commits.list_ended(filter, reply);
}

void History::expire() {
    timer_.reset();
    auto oldest = context_.commits.store().oldest_ended();
    if (!oldest || !*oldest) return;
    auto today = context_.clock.now().wall;
    auto end = **oldest + keep();
    if (end <= today) context_.commits.expire_ended(today - keep() + Usec{1});
    if (keep() > Usec{0}) wake_after(end - today);
}

void History::wake_after(Usec span) {
    timer_ =
        context_.loop.at(context_.clock.now().boot + std::max(span, ShortestPause), [this] { expire(); });
}

} // namespace haulier::daemon
