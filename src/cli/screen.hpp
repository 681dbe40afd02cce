// SPDX-License-Identifier: LGPL-2.1-or-later
// Prints progress on standard error: on a terminal a line for each job that is redrawn, above it one for each
// moving file of a job of several, otherwise an occasional line, and nothing with --quiet.
#pragma once

#include "cli/progress.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace haulier::cli {

class Screen {
public:
    static constexpr std::chrono::seconds RedrawInterval{1};

    explicit Screen(bool quiet);
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    void show(const JobView& job);
    /// Whether show_files() would change what is printed.
    [[nodiscard]] bool wants_files(const JobView& job) const;
    void show_files(const std::string& id, const std::vector<FileView>& files);
    /// Redraws what changes with time: speed, time left, the countdown to the next attempt.
    void tick();
    /// Prints a message, such as "haulierd cannot be reached".
    void note(const std::string& message);
    /// Ends the lines, so that other output can follow.
    void leave();

private:
    using Time = std::chrono::steady_clock::time_point;
    enum class Mode { Quiet, Lines, Terminal };
    struct FileMotion {
        RateMeter meter;
        uint64_t done = 0;
        Time quiet_since;
    };
    struct Row {
        JobView job;
        RateMeter meter;
        Time quiet_since;
        std::vector<FileView> moving;
        std::map<uint64_t, FileMotion> file_motions; ///< by index
        std::string last_situation;
        Time last_drawn;
    };
    [[nodiscard]] static Motion motion_of(const RateMeter& meter, Time quiet_since);
    Row& row_of(const JobView& job);
    void draw();
    void draw_rows();
    void draw_line(Row& row, uint64_t now_usec) const;
    [[nodiscard]] std::vector<std::string> lines() const;

    Mode mode_;
    size_t drawn_ = 0; ///< lines on the terminal; the cursor is in the last one
    std::vector<Row> rows_;
};

} // namespace haulier::cli
