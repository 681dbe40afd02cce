// SPDX-License-Identifier: LGPL-2.1-or-later
// Evaluates the samples of one connection: how many bytes it transfers, how long a round trip takes now, and
// how much that varies.
#pragma once

#include "yield/recent.hpp"
#include "yield/samples.hpp"

#include <cstdint>
#include <optional>

namespace haulier::yield {

class ConnectionMeter {
public:
    explicit ConnectionMeter(const Sample& first);

    /// `window` is the window of the connection since the last sample.
    void take(const Sample& sample, double window, BootTime now);
    [[nodiscard]] uint32_t losses() const { return losses_; }
    /// Bytes per second.
    [[nodiscard]] double rate() const { return rate_; }
    /// The shortest measurement within the last round trip; nothing if there was none.
    [[nodiscard]] std::optional<Seconds> round_trip() const { return recent_.best(); }
    /// Whether the last sample had a new measurement.
    [[nodiscard]] bool is_fresh() const { return is_fresh_; }
    [[nodiscard]] Seconds jitter() const { return jitter_; }

private:
    void measure_rate(BootTime now);
    [[nodiscard]] Seconds measured(const Sample& sample) const;

    uint64_t bytes_;
    uint32_t losses_seen_;
    uint64_t moved_ = 0;
    uint32_t losses_ = 0;
    double unmeasured_ = 0; ///< bytes since a round trip was measured
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
