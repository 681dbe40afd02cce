// SPDX-License-Identifier: LGPL-2.1-or-later
// How a running job looks: its speed, and one line of text. Pure; who draws it is the screen.
#pragma once

#include "cli/view.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace haulier::cli {

/// Speed over the last seconds, from one announcement of the daemon to another; a longer silence counts as
/// standing still. Bytes that fall back (a file begins again) begin a new measurement.
class RateMeter {
public:
    using Time = std::chrono::steady_clock::time_point;
    void add(Time now, uint64_t bytes);
    /// Bytes per second; nothing until it has been watched for half a second.
    [[nodiscard]] std::optional<double> rate(Time now) const;

private:
    struct Sample {
        Time time;
        uint64_t bytes;
    };
    std::deque<Sample> samples_;
};

/// What the job is about when no data moves, in words: "waiting: retry in 12 s (...)"; empty while data
/// moves.
std::string situation(const JobView& job, uint64_t now_usec);

struct Look {
    size_t columns = 80;
    bool colour = false;
};
/// For a terminal: name, bar, amount, speed and time left, in at most `look.columns`.
std::string bar_line(const JobView& job, std::optional<double> rate, uint64_t now_usec, const Look& look);
/// For a log: the same without a bar and of any length.
std::string plain_line(const JobView& job, std::optional<double> rate, uint64_t now_usec);

} // namespace haulier::cli
