// SPDX-License-Identifier: LGPL-2.1-or-later
// What the notifier has to be remembered across restarts of the daemon.
#pragma once

#include "job/types.hpp"

#include <cstdint>

namespace haulier::notify {

class Outbox {
public:
    virtual ~Outbox() = default;
    /// The client has acknowledged the notification of this row: the row can be deleted.
    virtual void acknowledged(int64_t row) = 0;
    /// How often the service was started in vain; 0 = never. The path of `service` does not
    /// matter.
    virtual void launches_changed(uint32_t owner, const job::NotifyService& service, uint32_t count) = 0;
};

} // namespace haulier::notify
