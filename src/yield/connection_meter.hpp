// SPDX-License-Identifier: LGPL-2.1-or-later
// What the samples of one connection say: how much it moved, how long a round trip takes now, and how much
// that varies.
#pragma once

#include "yield/recent.hpp"
#include "yield/samples.hpp"

#include <cstdint>
#include <optional>

namespace haulier::yield {

class ConnectionMeter {
public:
    explicit ConnectionMeter(const Sample& first);

    /// `window`: what it had since the last sample.
    void take(const Sample& sample, double window, BootTime now);
    [[nodiscard]] uint32_t losses() const { return losses_; }
    /// Bytes a second.
    [[nodiscard]] double rate() const { return rate_; }
    /// The least of the last round trip; nothing if nothing was measured in it.
    [[nodiscard]] std::optional<Seconds> round_trip() const { return recent_.best(); }
    /// A new measurement came with the last sample.
    [[nodiscard]] bool is_fresh() const { return is_fresh_; }
    [[nodiscard]] Seconds jitter() const { return jitter_; }

private:
    void measure_rate(BootTime now);
    [[nodiscard]] Seconds measured(const Sample& sample) const;

    uint64_t bytes_;
    uint32_t losses_seen_;
    uint64_t moved_ = 0;
    uint32_t losses_ = 0;
    double unmeasured_ = 0; ///< moved since a round trip was measured
    double rate_ = 0;
    uint64_t counted_ = 0;
    BootTime counted_since_;
    RecentMinimum<Seconds> recent_;
    RecentMinimum<double> windows_;
    std::optional<Seconds> last_;
    Seconds jitter_{};
    bool is_fresh_ = false;
};

} // namespace haulier::yield
