// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/job_table.hpp"

#include "cli/text.hpp"
#include "fake_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haulier::cli {
namespace {

using testing::HasSubstr;

constexpr uint64_t TableNow = 1'000'000'000;

std::vector<Json> listed_jobs() {
    auto moving = job_json("transferring", "running");
    auto waiting = job_json("transient-error", "retry-delay", OtherId);
    waiting["DisplayName"] = "日本語.iso";
    waiting["WaitReason"][1] = TableNow + 42'000'000;
    waiting["Error"][3] = "name has no address";
    return {moving, waiting};
}

TEST(JobTable, SaysHowFastAndHowLong) {
    EXPECT_EQ(job_table({listed_jobs().front()}, {{JobId, 100.0}}, TableNow, {}),
              "ID        STATE         DONE             RATE     LEFT  NAME\n"
              "aaaa1111  transferring  500 B of 1.0 kB  100 B/s  0:05  film\n");
}

TEST(JobTable, SaysWhyAndUntilWhen) {
    EXPECT_EQ(job_table(listed_jobs(), {}, TableNow, {120, false}),
              "ID        STATE            DONE             NAME        REASON\n"
              "aaaa1111  transferring     500 B of 1.0 kB  film        \n"
              "bbbb2222  transient-error  500 B of 1.0 kB  日本語.iso  waiting: retry in 42 s (name has no "
              "address)\n");
}

TEST(JobTable, PutsReasonsBelowOnANarrowTerminal) {
    EXPECT_EQ(job_table(listed_jobs(), {{JobId, 100.0}}, TableNow, {60, false}),
              "ID        STATE            DONE  LEFT  NAME\n"
              "aaaa1111  transferring     50%   0:05  film\n"
              "bbbb2222  transient-error  50%         日本語.iso\n"
              "          waiting: retry in 42 s (name has no address)\n");
}

TEST(JobTable, FitsItsTerminal) {
    auto all = listed_jobs();
    all[0]["DisplayName"] = std::string(100, 'x');
    all[1]["DisplayName"] = "🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬";
    all[1]["Error"][3] = std::string(200, 'y');
    for (const auto& rates : {Rates{}, Rates{{JobId, 100.0}}})
        for (size_t columns = 60; columns < 200; ++columns) {
            auto text = job_table(all, rates, TableNow, {columns, false});
            for (size_t begin = 0; begin < text.size();) {
                auto end = text.find('\n', begin);
                auto line = text.substr(begin, end - begin);
                EXPECT_TRUE(columns_of(line) <= columns || line.find("yyyy") != std::string::npos) << text;
                begin = end + 1;
            }
        }
}

TEST(JobTable, HasAColumnForOwners) {
    EXPECT_THAT(job_table(listed_jobs(), {}, TableNow, {SIZE_MAX, true}),
                HasSubstr("aaaa1111  root   transferring"));
}

TEST(JobTable, SaysWhoseTurnItIs) {
    auto row = [](const char* state, const char* reason) {
        return job_table({job_json(state, reason)}, {}, TableNow, {});
    };
    EXPECT_THAT(row("transferred", "needs-complete"), HasSubstr("waiting for 'complete'"));
    EXPECT_THAT(row("transferred", "completing"), HasSubstr("completing"));
    EXPECT_THAT(row("queued", "network"), HasSubstr("waiting for a network"));
    for (auto [state, reason] : {std::pair{"queued", "turn"}, std::pair{"suspended", "suspended"},
                                 std::pair{"acknowledged", "ended"}})
        EXPECT_THAT(row(state, reason), testing::Not(HasSubstr("REASON"))) << state;
}

} // namespace
} // namespace haulier::cli
