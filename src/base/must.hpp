// SPDX-License-Identifier: LGPL-2.1-or-later
// For calls that fail only when the program is wrong or out of memory.
#pragma once

#include <system_error>

namespace haulier {

/// Throws std::system_error if `r` is a negative errno, which is how libsystemd reports failures. `what`
/// names the function.
inline void must(int r, const char* what) {
    if (r < 0) throw std::system_error(-r, std::generic_category(), what);
}

} // namespace haulier
