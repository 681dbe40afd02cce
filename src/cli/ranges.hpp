// SPDX-License-Identifier: LGPL-2.1-or-later
// A range of a file, and how users write it: "OFFSET:LENGTH".
#pragma once

#include "cli/failure.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace haulier::cli {

inline constexpr uint64_t ToEnd = ~uint64_t{0};

struct Range {
    uint64_t offset = 0;
    uint64_t length = 0; ///< ToEnd = to the end of the file
    bool operator==(const Range&) const = default;
};

/// Offset and length are sizes, see parse_size. A range without a length extends to the end.
Result<Range, Failure> parse_range(const std::string& text);
Result<std::vector<Range>, Failure> parse_ranges(const std::vector<std::string>& texts);
std::string to_text(const Range& range);

} // namespace haulier::cli
