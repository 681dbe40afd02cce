// SPDX-License-Identifier: LGPL-2.1-or-later
// Prints progress on standard error: on a terminal a line that is redrawn, otherwise an occasional line, and
// nothing with --quiet.
#pragma once

#include "cli/progress.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace haulier::cli {

class Screen {
public:
    static constexpr std::chrono::seconds RedrawInterval{1};

    explicit Screen(bool quiet);
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    void show(const JobView& job);
    /// Redraws what changes with time: speed, time left, the countdown to the next attempt.
    void tick();
    /// Prints a message, such as "haulierd cannot be reached".
    void note(const std::string& message);
    /// Ends the progress line, so that other output can follow.
    void leave();

private:
    enum class Mode { Quiet, Lines, Terminal };
    [[nodiscard]] std::optional<double> rate() const;
    void draw();
    void draw_line(uint64_t now_usec);

    Mode mode_;
    bool drawn_ = false; ///< the cursor is in a progress line
    std::optional<JobView> job_;
    RateMeter meter_;
    std::string last_situation_;
    std::chrono::steady_clock::time_point last_drawn_;
};

} // namespace haulier::cli
