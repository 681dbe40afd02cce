// SPDX-License-Identifier: LGPL-2.1-or-later
// What must hold on any link, and with any foreground.
#include "support/chance.hpp"
#include "yield/link_model.hpp"

#include <gtest/gtest.h>
#include <random>

namespace haulier::yield {

namespace {

using test::LinkModel;
using test::SimulatedLink;

double between(std::mt19937_64& random, double low, double high) {
    return std::uniform_real_distribution<double>{low, high}(random);
}

LinkModel random_model(std::mt19937_64& random) {
    return {.rate = between(random, 0.2e6, 30e6),
            .buffer = between(random, 0.02, 0.3),
            .base = between(random, 0.003, 0.15),
            .connections = static_cast<size_t>(between(random, 3, 17)),
            .workers = static_cast<size_t>(between(random, 1, 4)),
            .same_machine = between(random, 0, 1) < 0.5,
            .has_timestamps = between(random, 0, 1) < 0.8,
            .jitter = between(random, 0, 0.01),
            .seed = random()};
}

/// No more than the window that was decided, unless that is less than a turn of one connection.
void expect_within_budget(const SimulatedLink& link) {
    double sum = 0;
    double open = 0;
    for (const auto& order : link.orders()) {
        ASSERT_GE(order.window, 1152) << "the kernel would set another one";
        if (order.is_open) sum += order.window, open += 1;
    }
    auto budget = link.budget();
    EXPECT_LE(sum, budget * 1.001);
    EXPECT_LE(open, static_cast<double>(link.orders().size()));
}

void random_episode(SimulatedLink& link, std::mt19937_64& random) {
    switch (std::uniform_int_distribution{0, 3}(random)) {
    case 0: link.start_foreground(); break;
    case 1: link.stop_foreground(); break;
    case 2: link.steady_foreground(between(random, 0, 0.8) * link.rate()); break;
    default: link.set_rate(between(random, 0.2e6, 30e6)); break;
    }
    for (int i = 0; i < 20; ++i) {
        link.run(0.1);
        expect_within_budget(link);
    }
}

} // namespace

TEST(RandomLinksTest, TheBudgetIsKeptAndNoConnectionStarves) {
    std::mt19937_64 random{test::printed_seed()};
    auto rounds = test::rounds().value_or(5);
    for (uint64_t i = 0; i < rounds; ++i) {
        auto model = random_model(random);
        SimulatedLink link{model};
        for (int episode = 0; episode < 6 && !testing::Test::HasFailure(); ++episode)
            random_episode(link, random);
        std::vector<double> before;
        for (size_t c = 0; c < model.connections; ++c)
            before.push_back(link.moved(c));
        link.run(30);
        for (size_t c = 0; c < model.connections; ++c)
            EXPECT_GT(link.moved(c), before[c]) << "connection " << c << " of " << model.connections;
        link.stop_foreground();
        link.steady_foreground(0);
        link.run(30);
        EXPECT_GT(link.run(10).background, 0.25 * link.rate()) << "the link is free, and not used";
        ASSERT_FALSE(testing::Test::HasFailure())
            << "rate " << model.rate << " buffer " << model.buffer << " base " << model.base
            << " connections " << model.connections << " workers " << model.workers;
    }
}

} // namespace haulier::yield
