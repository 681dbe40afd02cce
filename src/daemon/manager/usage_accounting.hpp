// SPDX-License-Identifier: LGPL-2.1-or-later
// What the jobs of each owner take up in the daemon's memory; updated with every change, so that reading
// costs nothing.
#pragma once

#include "job/memory_usage.hpp"

#include <cstdint>
#include <map>

namespace haulier::daemon {

/// What one job takes up, and on whose account.
struct Charge {
    uint32_t owner = 0;
    job::Usage load;
    bool operator==(const Charge&) const = default;
};

class UsageAccounting {
public:
    /// A job's charge is `now` instead of `before`.
    void book(const Charge& before, const Charge& now);
    /// Text that has been asked for but is not decided on before a worker has answered, and is released then.
    void reserve(uint32_t owner, uint64_t text);
    void release(uint32_t owner, uint64_t text);

    [[nodiscard]] job::Usage of(uint32_t owner) const;
    [[nodiscard]] job::Usage all() const;

private:
    std::map<uint32_t, job::Usage> owners_;
    std::map<uint32_t, uint64_t> reserved_; ///< none is 0
    job::Usage all_;
};

} // namespace haulier::daemon
