// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/attempt.hpp"

#include <cassert>

namespace haulier::notify {

bool Attempt::is_about(int64_t row, const Target& target) const {
    return row_ == row && target_ == target;
}

void Attempt::set_target(int64_t row, const Target& target) {
    if (is_about(row, target)) return;
    *this = {};
    row_ = row;
    target_ = target;
}

void Attempt::called() {
    auto after = next(state_, DeliveryEvent::Call);
    assert(after);
    state_ = *after;
}

void Attempt::ended(DeliveryEvent event, bool with_pause, BootTime now, const Policy& policy) {
    auto after = next(state_, event);
    assert(after);
    state_ = *after;
    if (with_pause) back_off_.extend(now, policy);
}

} // namespace haulier::notify
