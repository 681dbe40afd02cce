// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/back_off.hpp"

namespace haulier::notify {

void BackOff::extend(BootTime now, const Policy& policy) {
    not_before_ = now + doubled(policy.retry, failures_++, policy.retry_maximum);
}

} // namespace haulier::notify
