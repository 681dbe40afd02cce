// SPDX-License-Identifier: LGPL-2.1-or-later
// A file under way, in whichever direction: what the worker can do with it by its ticket.
#pragma once

namespace haulier::transfer {

class Flight {
public:
    Flight() = default;
    virtual ~Flight() = default;
    Flight(const Flight&) = delete;
    Flight& operator=(const Flight&) = delete;

    virtual void start() = 0;
    /// The daemon knows that it began again from zero.
    virtual void proceed() = 0;
    virtual void halt() = 0;
};

} // namespace haulier::transfer
