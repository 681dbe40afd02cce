// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/top_view.hpp"

#include "cli/text.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr uint64_t TopNow = 1'800'000'000'000'000;

TopRow top_row(const std::string& name, const std::string& state, uint64_t done = 0, uint64_t total = 0) {
    TopRow row;
    row.job.id = name;
    row.job.name = name;
    row.job.state = state;
    row.job.done = done;
    if (total > 0) row.job.total = total;
    if (state == "transferring") row.motion.rate = 1e6;
    return row;
}

TopPage page_of(size_t count, size_t selected) {
    TopPage page;
    for (size_t i = 0; i < count; ++i)
        page.rows.push_back(top_row(fmt::format("job {}", i), "suspended"));
    page.selected = selected;
    return page;
}

std::vector<std::string> names_in(const std::vector<TopRow>& rows) {
    std::vector<std::string> names;
    for (const auto& row : rows)
        names.push_back(row.job.name);
    return names;
}

class TopSizes : public testing::TestWithParam<TerminalSize> {};

TEST_P(TopSizes, FillTheTerminalExactly) {
    auto size = GetParam();
    TopPage page = page_of(100, 60);
    page.rows[60] = top_row("日本語の映画の長い長い名前.mkv", "transferring", 350'000'000, 700'000'000);
    page.message = std::string(300, 'm');
    page.text.assign(80, std::string(300, 't'));
    for (auto kind : {TopPage::Kind::Jobs, TopPage::Kind::Details, TopPage::Kind::Keys}) {
        page.kind = kind;
        auto lines = top_lines(page, size, TopNow);
        EXPECT_EQ(lines.size(), size.rows);
        for (const auto& line : lines)
            EXPECT_LT(columns_of(line.text), size.columns) << line.text;
    }
}

TEST_P(TopSizes, ShowTheSelectedJob) {
    auto size = GetParam();
    for (size_t selected : {size_t{0}, size_t{1}, size_t{50}, size_t{98}, size_t{99}}) {
        auto lines = top_lines(page_of(100, selected), size, TopNow);
        auto name = fmt::format("job {} ", selected);
        size_t marked = 0;
        for (size_t i = 1; i < lines.size(); ++i) {
            if (!lines[i].marked) continue;
            EXPECT_THAT(lines[i].text, StartsWith(name));
            ++marked;
        }
        EXPECT_EQ(marked, 1U) << size.rows << " rows, job " << selected;
    }
}

INSTANTIATE_TEST_SUITE_P(All, TopSizes,
                         testing::Values(TerminalSize{15, 60}, TerminalSize{24, 80}, TerminalSize{50, 160},
                                         TerminalSize{3, 20}));

TEST(TopView, PutsWhatMovesFirst) {
    std::vector<TopRow> rows{top_row("a", "suspended"),    top_row("b", "queued"),
                             top_row("c", "transferring"), top_row("d", "transferred"),
                             top_row("e", "error"),        top_row("f", "connecting"),
                             top_row("g", "transferring"), top_row("h", "new-state")};
    order_rows(rows);
    EXPECT_THAT(names_in(rows), ElementsAre("c", "g", "f", "b", "e", "a", "d", "h"));
}

TEST(TopView, HasBarsAndTheSumOfTheRates) {
    TopPage page;
    page.rows = {top_row("a", "transferring", 25, 100), top_row("b", "transferring", 50, 100),
                 top_row("c", "suspended")};
    auto lines = top_lines(page, {24, 80}, TopNow);
    EXPECT_EQ(lines[0].text.find("haulierctl - jobs: 3, moving: 2, 2.0 MB/s"), 0U) << lines[0].text;
    EXPECT_THAT(lines[1].text, HasSubstr("25% [==="));
    EXPECT_THAT(lines[2].text, HasSubstr("50% [======"));
    EXPECT_THAT(lines[2].text, Not(HasSubstr("\x1b"))) << "no colours";
    EXPECT_THAT(lines.back().text, HasSubstr("q quit"));
}

TEST(TopView, SaysThatThereIsNothing) {
    EXPECT_EQ(top_lines({}, {24, 80}, TopNow)[1].text, "There are no unfinished jobs.");
}

} // namespace
} // namespace haulier::cli
