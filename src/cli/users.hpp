// SPDX-License-Identifier: LGPL-2.1-or-later
// What users are called.
#pragma once

#include <cstdint>
#include <string>

namespace haulier::cli {

/// The user's name, or the number of one who has none.
std::string user_name(uint32_t uid);

} // namespace haulier::cli
