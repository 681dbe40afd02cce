// SPDX-License-Identifier: LGPL-2.1-or-later
// Dates as HTTP writes them (RFC 9110 5.6.7): the preferred format and the two obsolete ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace haulier::transfer {

/// Seconds since the epoch; nothing if `text` is not a date.
std::optional<int64_t> parse_http_date(std::string_view text);

/// Formats a date in the preferred format.
std::string http_date(int64_t seconds);

/// The current time in seconds since the epoch.
int64_t wall_seconds();

} // namespace haulier::transfer
