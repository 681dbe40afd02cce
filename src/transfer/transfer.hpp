// SPDX-License-Identifier: LGPL-2.1-or-later
// A download or upload in progress, as the worker controls it by its ticket.
#pragma once

namespace haulier::transfer {

class Transfer {
public:
    Transfer() = default;
    virtual ~Transfer() = default;
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    virtual void start() = 0;
    /// The daemon has stored that the transfer restarted from zero.
    virtual void proceed() = 0;
    /// Stops the transfer, which then sends its final message.
    virtual void halt() = 0;
};

} // namespace haulier::transfer
