// SPDX-License-Identifier: LGPL-2.1-or-later
// Sizes, time spans and dates as users write them.
#pragma once

#include "cli/failure.hpp"

#include <cstdint>
#include <string>

namespace haulier::cli {

/// Bytes: "1500", "10M" (powers of 1000), "1Gi" (powers of 1024), with or without a B.
Result<uint64_t, Failure> parse_size(const std::string& text);
/// Microseconds: "90s", "1h30min", "2d"; a number without a unit counts `unit`.
Result<uint64_t, Failure> parse_span(const std::string& text, uint64_t unit);
/// Microseconds since the epoch: "+2h", "2027-01-31", "2027-01-31T18:00", optionally with seconds, and with Z
/// or +01:00 if it is not in local time; "now" is 0.
Result<uint64_t, Failure> parse_date(const std::string& text, uint64_t now_usec);
/// A date in the past: a span until now, such as "2d", "today" or "yesterday", when the day began, or a date.
Result<uint64_t, Failure> parse_since(const std::string& text, uint64_t now_usec);

} // namespace haulier::cli
