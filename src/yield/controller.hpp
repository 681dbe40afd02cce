// SPDX-License-Identifier: LGPL-2.1-or-later
// The background connections of one network interface, in one direction: at each tick the window of each.
// One controller for all of them, or they would take each other for the foreground.
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
    /// Every 10 to 25 ms while there are connections. The orders are those of all connections of the tick.
    std::vector<Order> tick(const Tick& tick);
    [[nodiscard]] double window() const { return law_.window(); }
    /// Before the first tick, a connection may have so much under way.
    [[nodiscard]] static double first_window(double segment);
    /// The connections are slower than they could be, because others need the link.
    [[nodiscard]] bool is_yielding() const { return is_yielding_; }
    /// Bytes have moved, less than `span` before the last tick.
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
    void end_round(const Tick& tick, const View& view);
    void apply_limit(const Tick& tick, const View& view);
    void judge();
    [[nodiscard]] std::vector<Claim> claims(const Tick& tick, const View& view) const;
    [[nodiscard]] double segment_of(const Tick& tick) const;

    BootTime now_;
    BootTime moved_at_;
    BootTime round_since_;
    std::map<ConnectionId, ConnectionMeter> meters_;
    std::map<ConnectionId, double> windows_; ///< as ordered last
    BaseDelays bases_;
    OwnRate rate_;
    SpareRate spare_;
    std::optional<double> spare_limit_; ///< bytes a second
    View view_;                         ///< the last one that was measured
    WindowLaw law_;
    Shares shares_;
    uint32_t losses_ = 0; ///< in this round
    bool is_yielding_ = false;
    BootTime yielding_until_;
};

} // namespace haulier::yield
