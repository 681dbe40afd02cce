// SPDX-License-Identifier: LGPL-2.1-or-later
// The speed of a running job, and its progress as a line of text. Screen prints that line.
#pragma once

#include "cli/view.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace haulier::cli {

/// Speed over the last seconds, between two announcements of the daemon. If there is none for a while, the
/// transfer counts as stalled. If the number of bytes decreases, because a file starts again, so does the
/// measurement.
class RateMeter {
public:
    using Time = std::chrono::steady_clock::time_point;
    void add(Time now, uint64_t bytes);
    /// Bytes per second; nothing during the first half second.
    [[nodiscard]] std::optional<double> rate(Time now) const;

private:
    struct Sample {
        Time time;
        uint64_t bytes;
    };
    std::deque<Sample> samples_;
};

/// What has arrived: "312.4 MB of 700.0 MB"; "37 of 400 files, 1.2 GB" while their sizes are not all known.
std::string amount_of(const JobView& job);

/// How the transfer moves.
struct Motion {
    std::optional<double> rate;        ///< bytes per second
    std::chrono::seconds quiet_for{0}; ///< since the last byte, answer or change of state
};

/// Why no data is transferred: "waiting: retry in 12 s (...)", "no answer for 0:23"; empty while data is
/// transferred.
std::string situation(const JobView& job, uint64_t now_usec, std::chrono::seconds quiet_for = {});

/// "45%"; "~45%" if the total is an estimate; "?" while it is not known.
std::string percent_text(const JobView& job);
/// The time until everything has arrived; empty if it is not known.
std::string time_left_text(const JobView& job, std::optional<double> rate);

struct LineStyle {
    size_t columns = 80;
    bool colour = false;
    size_t name_columns = 0; ///< to which names are padded
};
/// For a terminal: name, bar, amount, speed and time left, in at most `style.columns`.
std::string bar_line(const JobView& job, const Motion& motion, uint64_t now_usec, const LineStyle& style);
/// The part of a line for the name. Long ones are cut.
std::string name_text(const std::string& name, const LineStyle& style);
/// For a log: the same without a bar, and of any length.
std::string plain_line(const JobView& job, const Motion& motion, uint64_t now_usec);

} // namespace haulier::cli
