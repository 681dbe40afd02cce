// SPDX-License-Identifier: LGPL-2.1-or-later
// Bytes that follow each other in a file and are to be written together.
#pragma once

#include "transfer/uncached.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace haulier::transfer {

class WriteBuffer {
public:
    /// The first byte will be for the offset `at`. Up to `most` bytes can be written without the page cache.
    void align(uint64_t at, size_t most) {
        memory_.reserve(UncachedAlignment + most);
        padding_ = padding_for(at, memory_.data());
        memory_.assign(padding_, '\0');
    }
    void append(std::string_view bytes) { memory_ += bytes; }
    [[nodiscard]] std::string_view bytes() const { return std::string_view{memory_}.substr(padding_); }
    [[nodiscard]] size_t size() const { return memory_.size() - padding_; }
    [[nodiscard]] bool is_empty() const { return size() == 0; }
    /// Keeps the memory for other bytes.
    void clear() {
        memory_.clear();
        padding_ = 0;
    }
    /// The bytes of a buffer that was not aligned.
    [[nodiscard]] std::string take() { return std::exchange(memory_, {}); }

private:
    std::string memory_;
    size_t padding_ = 0; ///< bytes that precede those of the file
};

} // namespace haulier::transfer
