// SPDX-License-Identifier: LGPL-2.1-or-later
// Dates as HTTP writes them (RFC 9110 5.6.7): the fixed form that everybody sends and the two obsolete ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace haulier::transfer {

/// Seconds since the epoch; nothing if it is not a date.
std::optional<int64_t> parse_http_date(std::string_view text);

/// Now, in seconds since the epoch, as HTTP dates count.
int64_t wall_seconds();

} // namespace haulier::transfer
