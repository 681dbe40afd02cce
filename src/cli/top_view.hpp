// SPDX-License-Identifier: LGPL-2.1-or-later
// What top shows: a line for each job, the details of one of them, or the keys.
#pragma once

#include "cli/full_screen.hpp"
#include "cli/progress.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haulier::cli {

struct TopRow {
    JobView job;
    Motion motion;
};

struct TopPage {
    enum class Kind { Jobs, Details, Keys };
    Kind kind = Kind::Jobs;
    std::vector<TopRow> rows; ///< all jobs, in the order in which they are shown
    size_t selected = 0;
    std::vector<std::string> text; ///< of details
    size_t first_line = 0;         ///< of the text that is shown
    std::string message;           ///< a question, or why something was refused
    bool all_users = false;
};

/// Jobs that move come first, then those that wait, and those that rest; each kind in its order.
void order_rows(std::vector<TopRow>& rows);

/// Exactly as many lines as the terminal has.
std::vector<ScreenLine> top_lines(const TopPage& page, TerminalSize size, uint64_t now_usec);

/// Number of jobs or lines of text that fit below the head.
size_t top_room(TerminalSize size);

} // namespace haulier::cli
