// SPDX-License-Identifier: LGPL-2.1-or-later
// A set of bytes of one file, as ranges that neither overlap nor touch.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace haulier::transfer {

struct ByteRange {
    uint64_t begin = 0;
    uint64_t end = 0; ///< exclusive
    [[nodiscard]] uint64_t size() const { return end - begin; }
    bool operator==(const ByteRange&) const = default;
};

class ByteRanges {
public:
    ByteRanges() = default;
    explicit ByteRanges(const std::vector<ByteRange>& ranges) {
        for (const auto& range : ranges)
            add(range);
    }

    void add(const ByteRange& range);
    /// Sorted by offset.
    [[nodiscard]] const std::vector<ByteRange>& all() const { return ranges_; }
    [[nodiscard]] bool is_empty() const { return ranges_.empty(); }
    /// Number of bytes from the beginning of the file without a gap.
    [[nodiscard]] uint64_t prefix() const {
        return is_empty() || ranges_.front().begin > 0 ? 0 : ranges_.front().end;
    }
    /// Whether there is nothing but the prefix.
    [[nodiscard]] bool is_prefix() const { return size() == prefix(); }
    /// Number of bytes.
    [[nodiscard]] uint64_t size() const;
    /// Where the last range ends.
    [[nodiscard]] uint64_t end() const { return is_empty() ? 0 : ranges_.back().end; }
    /// The bytes of a file of `total` bytes that are not in the set.
    [[nodiscard]] std::vector<ByteRange> holes(uint64_t total) const;
    /// The end of the hole that contains `at`; `at` if it is in none.
    [[nodiscard]] uint64_t end_of_hole(uint64_t at, uint64_t total) const;
    bool operator==(const ByteRanges&) const = default;

private:
    std::vector<ByteRange> ranges_;
};

} // namespace haulier::transfer
