// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides at each tick about the windows of the background connections of one network interface, in one
// direction. One controller serves all of them, because they would otherwise take each other for foreground
// traffic.
#pragma once

#include "yield/base_delays.hpp"
#include "yield/connection_meter.hpp"
#include "yield/own_rate.hpp"
#include "yield/samples.hpp"
#include "yield/shares.hpp"
#include "yield/spare_rate.hpp"
#include "yield/window_law.hpp"

#include <map>
#include <optional>
#include <vector>

namespace haulier::yield {

class Controller {
public:
    /// Is called every 10 to 25 ms while there are connections. Returns an order for each connection of the
    /// tick.
    std::vector<Order> tick(const Tick& tick);
    [[nodiscard]] double window() const { return law_.window(); }
    /// The window of a connection before its first tick.
    [[nodiscard]] static double first_window(double segment);
    /// Whether the connections are slower than they could be, because other traffic needs the link.
    [[nodiscard]] bool is_yielding() const { return is_yielding_; }
    /// Bytes per second, smoothed.
    [[nodiscard]] double rate() const { return rate_.now(); }
    /// Whether bytes have moved less than `span` before the last tick.
    [[nodiscard]] bool has_moved(Usec span) const { return now_ - moved_at_ < span; }

private:
    void meet(const Tick& tick);
    void measure(const Tick& tick);
    struct View {
        Seconds base{};
        Seconds queue{};
        Seconds jitter{};
        bool is_measured = false;
    };
    [[nodiscard]] View view(const Tick& tick) const;
    [[nodiscard]] double least_window(double segment) const;
    [[nodiscard]] double part() const;
    void end_round(const Tick& tick, const View& view);
    void apply_limit(const Tick& tick, const View& view);
    void judge();
    [[nodiscard]] std::vector<Claim> claims(const Tick& tick, const View& view) const;
    [[nodiscard]] double segment_of(const Tick& tick) const;

    BootTime now_;
    BootTime moved_at_;
    BootTime round_since_;
    OtherWorkers other_workers_;
    std::map<ConnectionId, ConnectionMeter> meters_;
    std::map<ConnectionId, double> windows_; ///< as last ordered
    BaseDelays bases_;
    OwnRate rate_;
    SpareRate spare_;
    std::optional<double> spare_limit_; ///< bytes per second
    View view_;                         ///< the last one that was measured
    WindowLaw law_;
    Shares shares_;
    uint32_t losses_ = 0; ///< in this round
    bool is_yielding_ = false;
    BootTime yielding_until_;
};

} // namespace haulier::yield
