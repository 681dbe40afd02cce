// SPDX-License-Identifier: LGPL-2.1-or-later
// The two clocks. Waits are measured with the boot clock (CLOCK_BOOTTIME), which changes of the system time
// do not affect and which includes the time that the machine sleeps; dates shown to people come from the wall
// clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace haulier {

using Usec = std::chrono::microseconds;

/// A moment of the boot clock, in microseconds since boot.
struct BootTime {
    Usec since_boot{};
    auto operator<=>(const BootTime&) const = default;
    BootTime operator+(Usec span) const { return {since_boot + span}; }
    BootTime operator-(Usec span) const { return {since_boot - span}; }
    Usec operator-(BootTime other) const { return since_boot - other.since_boot; }
};

/// A date, in microseconds since 1970-01-01 UTC; 0 = never.
struct WallTime {
    Usec since_epoch{};
    auto operator<=>(const WallTime&) const = default;
    WallTime operator+(Usec span) const { return {since_epoch + span}; }
    WallTime operator-(Usec span) const { return {since_epoch - span}; }
    Usec operator-(WallTime other) const { return since_epoch - other.since_epoch; }
};

/// Both clocks, read at the same moment. Decisions take this as an argument and never read a clock.
struct Now {
    BootTime boot;
    WallTime wall;
    /// The date at which the boot clock will show `moment`, unless the wall clock is set meanwhile.
    [[nodiscard]] WallTime date_of(BootTime moment) const { return wall + (moment - boot); }
};

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Now now() const = 0;
};

/// The time since boot in which the machine did not sleep (CLOCK_MONOTONIC), for how long another process
/// takes.
Usec awake_time();

/// False if the kernel knows that nothing has set the wall clock since boot. True if it does not tell.
bool is_wall_clock_synchronised();

class SystemClock final : public Clock {
public:
    [[nodiscard]] Now now() const override;
};

} // namespace haulier
