// SPDX-License-Identifier: LGPL-2.1-or-later
// Text of strangers, made fit for the bus and the log.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace haulier {

/// `text` cut to at most `limit` bytes, with control characters and whatever is not UTF-8 replaced by '?'.
std::string printable(std::string_view text, size_t limit);

} // namespace haulier
