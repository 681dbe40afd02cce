// SPDX-License-Identifier: LGPL-2.1-or-later
// What one connection fetches of a file: where it is, where it ends, and how fast it has recently been.
#pragma once

#include "transfer/byte_ranges.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace haulier::transfer {

class Flow {
public:
    using Time = std::chrono::steady_clock::time_point;

    Flow(const ByteRange& range, Time now) : left_(range), before_{now}, mark_{now} {}

    [[nodiscard]] const ByteRange& left() const { return left_; }
    [[nodiscard]] bool is_done() const { return left_.begin >= left_.end; }
    void received(uint64_t bytes, Time now) {
        left_.begin += bytes;
        if (received_ == 0 && bytes > 0) before_ = mark_ = Mark{now, bytes};
        received_ += bytes;
        if (now - mark_.time >= Window) before_ = std::exchange(mark_, Mark{now, received_});
    }
    [[nodiscard]] uint64_t received() const { return received_; }
    /// Another connection fetches what follows.
    void end_at(uint64_t end) { left_.end = std::max(left_.begin, end); }
    /// In bytes per second since the first byte; nothing if that is too short a time to measure it, or if the
    /// server has still time to answer.
    [[nodiscard]] std::optional<uint64_t> rate(Time now) const {
        auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - before_.time);
        if (ms < (received_ == 0 ? LongestAnswer : Shortest)) return std::nullopt;
        return (received_ - before_.received) * 1000 / static_cast<uint64_t>(ms.count());
    }

private:
    static constexpr std::chrono::milliseconds Window{1000};
    static constexpr std::chrono::milliseconds Shortest{250};
    /// A server whose first byte takes longer counts as one that sends nothing.
    static constexpr std::chrono::milliseconds LongestAnswer{10'000};
    struct Mark {
        Time time;
        uint64_t received = 0;
    };

    ByteRange left_;
    uint64_t received_ = 0;
    Mark before_; ///< one to two windows ago
    Mark mark_;
};

} // namespace haulier::transfer
