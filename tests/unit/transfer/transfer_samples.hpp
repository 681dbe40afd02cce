// SPDX-License-Identifier: LGPL-2.1-or-later
// Values that many tests of the transfers need.
#pragma once

#include "base/clock.hpp"
#include "transfer/hasher.hpp"

#include <cstdint>
#include <string>

namespace haulier::transfer {

inline constexpr uint64_t Mebi = 1024 * 1024;
/// Longer than anything takes that is expected to end.
inline constexpr Usec Long = std::chrono::seconds{20};
/// Dates of two versions of a file.
inline const std::string Old = "Wed, 21 Oct 2015 07:28:00 GMT";
inline const std::string New = "Thu, 22 Oct 2015 07:28:00 GMT";

inline std::string sha256(const std::string& bytes) {
    auto hasher = Hasher::make(wire::Digest::SHA256);
    hasher->update(bytes);
    return hasher->hex();
}

} // namespace haulier::transfer
