// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify/policy.hpp"

#include <algorithm>

namespace haulier::notify {

Usec doubled(Usec step, uint32_t times, Usec maximum) {
    for (uint32_t i = 0; i < times && step < maximum; ++i)
        step *= 2;
    return std::min(step, maximum);
}

} // namespace haulier::notify
