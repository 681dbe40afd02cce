// SPDX-License-Identifier: LGPL-2.1-or-later
// Where progress is drawn: one line that is drawn over on a terminal, a line now and then elsewhere, nothing
// when quiet. All of it on stderr, so that stdout has results alone.
#pragma once

#include "cli/progress.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace haulier::cli {

class Screen {
public:
    explicit Screen(bool quiet);
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    void show(const JobView& job);
    /// Draws what time alone changes: speed, time left, the countdown to the next try.
    void tick();
    /// When to call tick() next.
    [[nodiscard]] std::chrono::steady_clock::time_point next_tick() const;
    /// A message besides the progress, such as "haulierd went away".
    void note(const std::string& message);
    /// Leaves the line, so that other output may follow.
    void leave();

private:
    enum class Mode { Quiet, Lines, Terminal };
    [[nodiscard]] std::optional<double> rate() const;
    void draw();
    void draw_line(uint64_t now_usec);

    Mode mode_;
    bool drawn_ = false; ///< the cursor stands in a line of ours
    std::optional<JobView> job_;
    RateMeter meter_;
    std::string last_situation_;
    std::chrono::steady_clock::time_point last_drawn_;
};

} // namespace haulier::cli
