// SPDX-License-Identifier: LGPL-2.1-or-later
// Sizes, spans and dates as people write them.
#pragma once

#include "cli/failure.hpp"

#include <cstdint>
#include <string>

namespace haulier::cli {

/// Bytes: "1500", "10M" (powers of 1000), "1Gi" (of 1024), with or without a B.
Outcome<uint64_t> parse_size(const std::string& text);
/// Microseconds: "90s", "1h30min", "2d"; a bare number counts `unit`.
Outcome<uint64_t> parse_span(const std::string& text, uint64_t unit);
/// Microseconds since the epoch: "+2h", "2027-01-31", "2027-01-31T18:00", with seconds and Z or +01:00 if
/// need be, otherwise in local time; "now" is 0.
Outcome<uint64_t> parse_date(const std::string& text, uint64_t now_usec);

} // namespace haulier::cli
