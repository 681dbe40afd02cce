// SPDX-License-Identifier: LGPL-2.1-or-later
// One notification for one target: its state, and the pause after calls that failed. Both end when the target
// or the notification changes.
#pragma once

#include "notify/back_off.hpp"
#include "notify/delivery.hpp"
#include "notify/delivery_state.hpp"

#include <cstdint>

namespace haulier::notify {

class Attempt {
public:
    /// Begins anew unless the attempt is already about this notification and this target.
    void set_target(int64_t row, const Target& target);
    [[nodiscard]] bool is_about(int64_t row, const Target& target) const;

    void called();
    /// The call has ended. `with_pause`: the target has to be left alone for a while.
    void ended(DeliveryEvent event, bool with_pause, BootTime now, const Policy& policy);
    /// Ends the pause, and forgets earlier ones.
    void forget_back_off() { back_off_ = {}; }

    [[nodiscard]] DeliveryState state() const { return state_; }
    [[nodiscard]] bool has_failed() const { return back_off_.has_failed(); }
    [[nodiscard]] BootTime not_before() const { return back_off_.not_before(); }

private:
    int64_t row_ = 0;
    Target target_;
    DeliveryState state_ = DeliveryState::Owed;
    BackOff back_off_;
};

} // namespace haulier::notify
