// SPDX-License-Identifier: LGPL-2.1-or-later
// The pause after attempts that failed; it doubles with each.
#pragma once

#include "base/clock.hpp"
#include "notify/policy.hpp"

#include <cstdint>

namespace haulier::notify {

class BackOff {
public:
    void extend(BootTime now, const Policy& policy);
    [[nodiscard]] bool has_failed() const { return failures_ > 0; }
    [[nodiscard]] uint32_t failures() const { return failures_; }
    [[nodiscard]] BootTime not_before() const { return not_before_; }

private:
    uint32_t failures_ = 0;
    BootTime not_before_;
};

} // namespace haulier::notify
