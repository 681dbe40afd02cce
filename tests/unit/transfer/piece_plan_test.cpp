// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/flow.hpp"
#include "transfer/piece_plan.hpp"

#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

constexpr uint64_t PlanMebi = 1024 * 1024;
constexpr uint64_t PlannedTotal = 64 * PlanMebi;

struct PlanRow {
    const char* what;
    std::vector<ByteRange> received;
    std::vector<PieceInFlight> in_flight;
    std::optional<uint64_t> rate;
    std::optional<NextPiece> expected;
};

TEST(PiecePlan, Table) {
    const std::vector<PlanRow> rows{
        {"what no connection fetches comes first",
         {{0, PlanMebi}},
         {{{PlanMebi, 2 * PlanMebi}, PlanMebi}},
         PlanMebi,
         {{{2 * PlanMebi, PlannedTotal}, {}}}},
        {"of several holes the largest",
         {{PlanMebi, 2 * PlanMebi}},
         {},
         {},
         {{{2 * PlanMebi, PlannedTotal}, {}}}},
        {"also a very small one",
         {{0, PlannedTotal - 1}},
         {},
         PlanMebi,
         {{{PlannedTotal - 1, PlannedTotal}, {}}}},
        {"nothing is left", {{0, PlannedTotal}}, {}, PlanMebi, {}},
        {"a first connection of unknown rate gives half",
         {},
         {{{0, PlannedTotal}, {}}},
         {},
         {{{32 * PlanMebi, PlannedTotal}, 0}}},
        {"the connection that needs longest gives",
         {},
         {{{0, 16 * PlanMebi}, {}},
          {{16 * PlanMebi, 48 * PlanMebi}, {}},
          {{48 * PlanMebi, PlannedTotal}, {}}},
         {},
         {{{32 * PlanMebi, 48 * PlanMebi}, 1}}},
        {"also if it has the smaller piece",
         {},
         {{{0, 44 * PlanMebi}, 44 * PlanMebi}, {{44 * PlanMebi, PlannedTotal}, 2 * PlanMebi}},
         2 * PlanMebi,
         {{{54 * PlanMebi, PlannedTotal}, 1}}},
        {"a fast connection takes more than half",
         {},
         {{{0, PlannedTotal}, PlanMebi}},
         3 * PlanMebi,
         {{{16 * PlanMebi, PlannedTotal}, 0}}},
        {"a slow one takes less",
         {},
         {{{0, PlannedTotal}, 3 * PlanMebi}},
         PlanMebi,
         {{{48 * PlanMebi, PlannedTotal}, 0}}},
        {"too little to divide as long as no rate is known",
         {},
         {{{PlannedTotal - PlanMebi, PlannedTotal}, {}}},
         {},
         {{{0, PlannedTotal - PlanMebi}, {}}}},
        {"too little to divide",
         {{0, PlannedTotal - PlanMebi}},
         {{{PlannedTotal - PlanMebi, PlannedTotal}, {}}},
         {},
         {}},
        {"it would have come before the answer",
         {{0, 60 * PlanMebi}},
         {{{60 * PlanMebi, PlannedTotal}, 40 * PlanMebi}},
         40 * PlanMebi,
         {}},
        {"a connection that hardly moves loses its rest",
         {{0, 60 * PlanMebi}},
         {{{60 * PlanMebi, PlannedTotal}, 100}},
         PlanMebi,
         {{{60 * PlanMebi, PlannedTotal}, 0}}},
        {"and so does one that has stopped",
         {{0, PlannedTotal - 10}},
         {{{PlannedTotal - 10, PlannedTotal}, 0}},
         PlanMebi,
         {{{PlannedTotal - 10, PlannedTotal}, 0}}},
        {"but not to one that has stopped as well", {}, {{{0, PlannedTotal}, 0}}, 0, {}},
        {"nor to a slower one",
         {{0, 60 * PlanMebi}},
         {{{60 * PlanMebi, PlannedTotal}, 40 * PlanMebi}},
         100,
         {}},
    };
    for (const auto& row : rows)
        EXPECT_EQ(next_piece(ByteRanges{row.received}, PlannedTotal, row.in_flight, row.rate), row.expected)
            << row.what;
}

/// Each connection fetches at its own rate; one that has finished gets the next piece.
double time_to_fetch(const std::vector<uint64_t>& rates, uint64_t total, size_t& pieces) {
    constexpr double step = 0.01;
    ByteRanges received;
    std::vector<ByteRange> left(rates.size());
    std::vector<bool> known(rates.size());
    pieces = 0;
    double time = 0;
    for (; received.prefix() < total; time += step) {
        for (size_t i = 0; i < rates.size(); ++i) {
            if (left[i].size() > 0) continue;
            std::vector<PieceInFlight> others;
            std::vector<size_t> indexes;
            for (size_t k = 0; k < rates.size(); ++k) {
                if (left[k].size() == 0) continue;
                others.push_back({left[k], known[k] ? std::optional{rates[k]} : std::nullopt});
                indexes.push_back(k);
            }
            auto next =
                next_piece(received, total, others, known[i] ? std::optional{rates[i]} : std::nullopt);
            if (!next) continue;
            ++pieces;
            if (next->from) left[indexes[*next->from]].end = next->range.begin;
            left[i] = next->range;
        }
        for (size_t i = 0; i < rates.size(); ++i) {
            auto count =
                std::min(left[i].size(), static_cast<uint64_t>(static_cast<double>(rates[i]) * step));
            received.add({left[i].begin, left[i].begin + count});
            left[i].begin += count;
            known[i] = known[i] || time > 0.25;
        }
    }
    return time;
}

TEST(PiecePlan, ConnectionsOfAnyRatesFinishTogether) {
    const std::vector<std::vector<uint64_t>> all{
        {2 * PlanMebi, 2 * PlanMebi, 2 * PlanMebi, 2 * PlanMebi},
        {2 * PlanMebi, 6 * PlanMebi},
        {10 * PlanMebi, 100 * 1024},
        {PlanMebi, 2 * PlanMebi, 3 * PlanMebi, 4 * PlanMebi, 5 * PlanMebi}};
    for (const auto& rates : all) {
        uint64_t sum = 0;
        for (auto rate : rates)
            sum += rate;
        size_t pieces = 0;
        auto time = time_to_fetch(rates, PlannedTotal, pieces);
        auto ideal = static_cast<double>(PlannedTotal) / static_cast<double>(sum);
        EXPECT_LT(time, ideal * 1.05) << rates.size() << " connections";
        EXPECT_LT(pieces, 12 * rates.size());
    }
}

TEST(PiecePlan, TheRateOfAFlowIsThatOfTheLastSeconds) {
    using std::chrono::milliseconds;
    const Flow::Time start{};
    Flow flow{{0, PlannedTotal}, start};
    EXPECT_EQ(flow.rate(start + milliseconds{100}), std::nullopt);
    flow.received(0, start + milliseconds{50});
    for (int i = 1; i <= 100; ++i)
        flow.received(100'000, start + milliseconds{100 * i});
    EXPECT_EQ(flow.rate(start + milliseconds{10'000}), 1'000'000u);
    EXPECT_LT(flow.rate(start + milliseconds{20'000}), 250'000u) << "it has stopped";
    EXPECT_EQ(flow.left().begin, 10'000'000u);
    flow.end_at(5);
    EXPECT_TRUE(flow.is_done());
    EXPECT_EQ(flow.left().size(), 0u);
}

TEST(PiecePlan, AFlowWithoutAnAnswerHasNoRateForAWhile) {
    using std::chrono::milliseconds;
    const Flow::Time start{};
    Flow flow{{0, PlannedTotal}, start};
    EXPECT_EQ(flow.rate(start + milliseconds{9'999}), std::nullopt);
    EXPECT_EQ(flow.rate(start + milliseconds{10'000}), 0u);
    flow.received(500'000, start + milliseconds{10'000});
    EXPECT_EQ(flow.rate(start + milliseconds{10'249}), std::nullopt);
    flow.received(1'000'000, start + milliseconds{10'500});
    EXPECT_EQ(flow.rate(start + milliseconds{10'500}), 2'000'000u) << "since the first byte";
}

} // namespace
} // namespace haulier::transfer
