// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/history_table.hpp"

#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/state_words.hpp"
#include "cli/text.hpp"

#include <algorithm>

namespace haulier::cli {

namespace {

using HistoryRow = std::vector<std::string>;

constexpr size_t LeastName = 8;
constexpr size_t LeastTarget = 20;

std::string result_text(const Json& job) {
    auto result = job.value("Result", "");
    auto error = job.contains("Error") && job["Error"].size() > 1 ? job["Error"][1].get<std::string>() : "";
    auto word = state_word(result);
    return error.empty() || result == "complete" ? word : word + " (" + sanitize(error) + ")";
}

HistoryRow history_row(const Json& job, bool owners) {
    HistoryRow row{short_id(job.value("Id", ""))};
    if (owners) row.push_back(sanitize(user_name(job.value("Owner", uint32_t{0}))));
    row.insert(row.end(), {date_text(job.value("EndTime", uint64_t{0})), result_text(job),
                           size_text(job.value("BytesTransferred", uint64_t{0}))});
    return row;
}

} // namespace

/// The target is left out where there is no room for it.
std::string history_table(const std::vector<Json>& jobs, const TableStyle& style) {
    HistoryRow heading{_("ID")};
    if (style.owners) heading.emplace_back(_("OWNER"));
    heading.insert(heading.end(), {_("ENDED"), _("RESULT"), _("DONE")});
    std::vector<HistoryRow> rows{heading};
    size_t longest_name = LeastName;
    for (const auto& job : jobs) {
        rows.push_back(history_row(job, style.owners));
        longest_name = std::max(longest_name, columns_of(sanitize(job.value("DisplayName", ""))));
    }
    auto room = room_beside(rows, style.columns);
    auto name_room = std::min(longest_name, std::max(LeastName, room / 2));
    bool has_target = room >= name_room + ColumnGap + LeastTarget;
    if (!has_target) name_room = room;
    rows.front().emplace_back(_("NAME"));
    if (has_target) rows.front().emplace_back(_("TARGET"));
    for (size_t i = 0; i < jobs.size(); ++i) {
        rows[i + 1].push_back(
            cut(sanitize(jobs[i].value("DisplayName", "")), std::max(LeastName, name_room)));
        if (has_target)
            rows[i + 1].push_back(cut(sanitize(jobs[i].value("Target", "")), room - name_room - ColumnGap));
    }
    return table(rows);
}

} // namespace haulier::cli
