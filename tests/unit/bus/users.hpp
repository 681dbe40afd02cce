// SPDX-License-Identifier: LGPL-2.1-or-later
// User ids for tests of what one user's calls cost another.
#pragma once

#include <cstdint>

namespace haulier::bus {

constexpr uint32_t Anna = 1001;
constexpr uint32_t Bert = 1002;

} // namespace haulier::bus
