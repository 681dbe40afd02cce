// SPDX-License-Identifier: LGPL-2.1-or-later
// Names for a file whose own name is taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace haulier::transfer {

inline constexpr uint32_t MaxFreeName = 999;

/// `name` with a number from 1 to MaxFreeName before its extension: `song (1).ogg`, `data (1).tar.gz`. It has
/// at most `longest` bytes: the part before the number is cut, between characters.
std::string numbered_name(const std::string& name, uint32_t number, size_t longest);

} // namespace haulier::transfer
