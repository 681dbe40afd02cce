// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/job_table.hpp"

#include "cli/i18n.hpp"
#include "cli/names.hpp"
#include "cli/progress.hpp"
#include "cli/state_words.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <string_view>

namespace haulier::cli {

namespace {

constexpr size_t Narrow = 80;
constexpr size_t MinName = 8;
constexpr size_t MinReason = 50;
constexpr const char* Indent = "          "; // as wide as the ids

using Row = std::vector<std::string>;

/// Why the job does not move, and until when. Most jobs in a list wait for their turn, which their state says
/// as well.
std::string reason_of(const JobView& job, uint64_t now_usec) {
    if (job.state == "transferred")
        return job.wait_reason == "completing" ? _("completing") : _("waiting for 'complete'");
    bool plain =
        job.state == "suspended" || job.state == "connecting" || has_ended(job) || job.wait_reason == "turn";
    return plain && job.wait_reason != "completing" ? "" : situation(job, now_usec);
}

class Table {
public:
    Table(const std::vector<Json>& jobs, const Rates& rates, uint64_t now_usec, const TableStyle& style)
        : rates_(rates), now_usec_(now_usec), style_(style) {
        std::transform(jobs.begin(), jobs.end(), std::back_inserter(jobs_), view_of);
        for (const auto& job : jobs_)
            reasons_.push_back(reason_of(job, now_usec_));
    }

    std::string text() {
        std::vector<Row> rows{heading()};
        std::transform(jobs_.begin(), jobs_.end(), std::back_inserter(rows),
                       [&](const JobView& job) { return row_of(job); });
        auto room = room_beside(rows, style_.columns);
        size_t reason_room = add_names(rows, room);
        bool beside = has_reasons() && reason_room >= MinReason;
        if (beside) {
            rows.front().emplace_back(_("REASON"));
            for (size_t i = 0; i < jobs_.size(); ++i)
                rows[i + 1].push_back(cut(reasons_[i], reason_room));
        }
        auto out = table(rows);
        return beside || !has_reasons() ? out : with_reasons_below(out);
    }

private:
    [[nodiscard]] bool is_narrow() const { return style_.columns < Narrow; }
    [[nodiscard]] bool has_reasons() const {
        return std::any_of(reasons_.begin(), reasons_.end(), [](const auto& text) { return !text.empty(); });
    }

    [[nodiscard]] Row heading() const {
        Row row{_("ID")};
        if (style_.owners) row.emplace_back(_("OWNER"));
        row.insert(row.end(), {_("STATE"), _("DONE")});
        if (!rates_.empty() && !is_narrow()) row.emplace_back(_("RATE"));
        if (!rates_.empty()) row.emplace_back(_("LEFT"));
        return row;
    }

    [[nodiscard]] Row row_of(const JobView& job) const {
        Row row{short_id(job.id)};
        if (style_.owners) row.push_back(sanitize(user_name(job.owner)));
        row.insert(row.end(), {state_word(job.state), is_narrow() ? percent_text(job) : amount_of(job)});
        if (rates_.empty()) return row;
        auto found = rates_.find(job.id);
        auto rate = found == rates_.end() ? std::nullopt : std::optional{found->second};
        if (!is_narrow())
            row.push_back(rate ? size_text(static_cast<uint64_t>(std::lround(*rate))) + "/s" : "");
        row.push_back(time_left_text(job, rate));
        return row;
    }

    /// Returns the room that is left.
    size_t add_names(std::vector<Row>& rows, size_t room) const {
        size_t widest = MinName;
        for (const auto& job : jobs_)
            widest = std::max(widest, columns_of(sanitize(job.name)));
        bool fits_both = room >= widest + ColumnGap + MinReason;
        size_t beside_reason = room >= MinName + ColumnGap + MinReason ? room - ColumnGap - MinReason : room;
        size_t width = std::max(MinName, !has_reasons() || !fits_both
                                             ? std::min(widest, has_reasons() ? beside_reason : room)
                                             : widest);
        rows.front().emplace_back(_("NAME"));
        for (size_t i = 0; i < jobs_.size(); ++i)
            rows[i + 1].push_back(cut(sanitize(jobs_[i].name), width));
        return room > width + ColumnGap ? room - width - ColumnGap : 0;
    }

    /// Each reason on a line of its own below its job.
    [[nodiscard]] std::string with_reasons_below(const std::string& rows) const {
        std::string out;
        size_t begin = 0;
        for (size_t line = 0; begin < rows.size(); ++line) {
            auto end = rows.find('\n', begin) + 1;
            out += rows.substr(begin, end - begin);
            begin = end;
            if (line == 0 || reasons_[line - 1].empty()) continue;
            auto text = Indent + reasons_[line - 1];
            out += wrapped(text, style_.columns, std::string_view{Indent}.size()) + "\n";
        }
        return out;
    }

    const Rates& rates_;
    uint64_t now_usec_;
    const TableStyle& style_;
    std::vector<JobView> jobs_;
    std::vector<std::string> reasons_;
};

} // namespace

std::string job_table(const std::vector<Json>& jobs, const Rates& rates, uint64_t now_usec,
                      const TableStyle& style) {
    return Table{jobs, rates, now_usec, style}.text();
}

} // namespace haulier::cli
