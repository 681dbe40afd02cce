// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/top_view.hpp"

#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/core.h>
#include <utility>

namespace haulier::cli {

namespace {

constexpr size_t FixedLines = 2; // the head, and the keys or a message
constexpr size_t MaxOwner = 12;

/// From those that move to those that rest.
constexpr std::array StateOrder{"transferring", "connecting", "transient-error", "queued",
                                "error",        "suspended",  "transferred"};

size_t row_rank(const TopRow& row) {
    auto known = std::find(StateOrder.begin(), StateOrder.end(), row.job.state);
    return static_cast<size_t>(known - StateOrder.begin());
}

bool is_moving(const TopRow& row) {
    return row.job.state == "transferring" || row.job.state == "connecting";
}

std::string head(const TopPage& page) {
    double rate = 0;
    for (const auto& row : page.rows)
        if (row.job.state == "transferring") rate += row.motion.rate.value_or(0);
    auto moving = std::count_if(page.rows.begin(), page.rows.end(), is_moving);
    return translate("haulierctl - jobs: {}, moving: {}, {}/s", page.rows.size(), moving,
                     size_text(static_cast<uint64_t>(std::lround(rate))));
}

struct Shortcut {
    const char* key;
    const char* meaning;
};
constexpr std::array Shortcuts{
    Shortcut{N_("Up, Down, Page Up, Page Down"), N_("select a job")},
    Shortcut{"Enter", N_("details of the job, its files and settings")},
    Shortcut{"p", N_("pause the job")},
    Shortcut{"r", N_("resume the job, or try again at once")},
    Shortcut{"c", N_("cancel the job, after a question")},
    Shortcut{"Ctrl-L", N_("draw the screen again")},
    Shortcut{"Esc", N_("back to the list")},
    Shortcut{"q", N_("quit; the jobs continue")},
};

std::vector<std::string> key_lines() {
    std::vector<std::vector<std::string>> rows;
    for (const auto& shortcut : Shortcuts)
        rows.push_back({_(shortcut.key), _(shortcut.meaning)});
    std::vector<std::string> lines;
    auto text = table(rows);
    for (size_t begin = 0; begin < text.size();) {
        auto end = text.find('\n', begin);
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

std::string foot(const TopPage& page) {
    if (!page.message.empty()) return page.message;
    switch (page.kind) {
    case TopPage::Kind::Jobs: return _("q quit  p pause  r resume  c cancel  Enter details  ? keys");
    case TopPage::Kind::Details: return _("q quit  p pause  r resume  c cancel  Esc back");
    case TopPage::Kind::Keys: return _("Esc back");
    }
    return "";
}

std::string owner_text(const TopPage& page, const JobView& job) {
    return page.all_users ? padded(cut(sanitize(user_name(job.owner)), MaxOwner), MaxOwner) + " " : "";
}

/// The selected job is always among those that are shown, with others on both sides.
std::vector<ScreenLine> job_lines(const TopPage& page, size_t room, size_t columns, uint64_t now_usec) {
    if (page.rows.empty()) return {{cut(_("There are no unfinished jobs."), columns)}};
    auto first = page.selected < room / 2 ? 0 : page.selected - room / 2;
    first = std::min(first, page.rows.size() > room ? page.rows.size() - room : 0);
    auto last = std::min(first + room, page.rows.size());
    LineStyle style{columns, false, 0};
    for (auto i = first; i < last; ++i)
        style.name_columns =
            std::max(style.name_columns, columns_of(name_text(page.rows[i].job.name, style)));
    std::vector<ScreenLine> lines;
    for (auto i = first; i < last; ++i) {
        const auto& row = page.rows[i];
        auto owner = owner_text(page, row.job);
        style.columns = columns - columns_of(owner);
        lines.push_back({owner + bar_line(row.job, row.motion, now_usec, style), i == page.selected});
    }
    return lines;
}

std::vector<ScreenLine> text_lines(const std::vector<std::string>& text, size_t first, size_t room,
                                   size_t columns) {
    std::vector<ScreenLine> lines;
    for (auto i = first; i < text.size() && lines.size() < room; ++i)
        lines.push_back({cut(text[i], columns)});
    return lines;
}

std::vector<ScreenLine> body(const TopPage& page, size_t room, size_t columns, uint64_t now_usec) {
    switch (page.kind) {
    case TopPage::Kind::Jobs: return job_lines(page, room, columns, now_usec);
    case TopPage::Kind::Details: return text_lines(page.text, page.first_line, room, columns);
    case TopPage::Kind::Keys: return text_lines(key_lines(), 0, room, columns);
    }
    return {};
}

} // namespace

void order_rows(std::vector<TopRow>& rows) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const TopRow& a, const TopRow& b) { return row_rank(a) < row_rank(b); });
}

size_t top_room(TerminalSize size) {
    return size.rows > FixedLines ? size.rows - FixedLines : 1;
}

std::vector<ScreenLine> top_lines(const TopPage& page, TerminalSize size, uint64_t now_usec) {
    // Some terminals scroll when the last column of the last line is written.
    auto columns = size.columns > 1 ? size.columns - 1 : 1;
    auto room = top_room(size);
    std::vector<ScreenLine> lines{{padded(cut(head(page), columns), columns), true}};
    for (auto& line : body(page, room, columns, now_usec)) {
        if (line.marked) line.text = padded(line.text, columns);
        lines.push_back(std::move(line));
    }
    lines.resize(1 + room);
    lines.push_back({cut(foot(page), columns), !page.message.empty()});
    lines.resize(size.rows);
    return lines;
}

} // namespace haulier::cli
