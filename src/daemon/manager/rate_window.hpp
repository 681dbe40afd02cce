// SPDX-License-Identifier: LGPL-2.1-or-later
// How many bytes a second have come over the last ten seconds.
#pragma once

#include "base/clock.hpp"

#include <array>
#include <cstdint>

namespace haulier::daemon {

class RateWindow {
public:
    void add(BootTime now, uint64_t bytes);
    /// 0 if nothing has come in the window.
    [[nodiscard]] uint64_t rate(BootTime now) const;

private:
    static constexpr int64_t Seconds = 10;

    [[nodiscard]] bool is_over(int64_t second) const { return second - newest_ >= Seconds; }
    uint64_t& slot(int64_t second) { return slots_.at(static_cast<size_t>(second % Seconds)); }

    std::array<uint64_t, Seconds> slots_{}; ///< bytes of each second
    int64_t newest_ = -Seconds;             ///< second since boot that bytes came in last
    BootTime since_;                        ///< when the first of them came after a time without any
};

} // namespace haulier::daemon
