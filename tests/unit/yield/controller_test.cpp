// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/controller.hpp"

#include "yield/link_model.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace haulier::yield {

namespace {

using test::LinkModel;
using test::SimulatedLink;

struct Situation {
    std::string name;
    LinkModel model{};
    double alone = 0.95;      ///< of the link, at least
    double foreground = 0.95; ///< from two seconds after its start
    double queue = 0.03;      ///< seconds that the background adds when it is alone, at most
};

class SituationTest : public testing::TestWithParam<Situation> {};

std::vector<Situation> situations() {
    return {
        {"Usual", {}},
        {"SlowLink", {.rate = 1.25e6}, 0.95, 0.95},
        {"FastLink", {.rate = 25e6}},
        {"ShallowBuffer", {.buffer = 0.025}},
        {"DeepBuffer", {.buffer = 0.2}},
        {"ShortWay", {.base = 0.005}},
        {"LongWay", {.base = 0.08}, 0.9, 0.93},
        {"FourConnections", {.connections = 4}},
        {"SixteenConnections", {.connections = 16}},
        {"ForegroundOnAnotherMachine", {.same_machine = false}},
        {"LittleJitter", {.jitter = 0.004}},
        {"NoTimestamps", {.has_timestamps = false}, 0.85, 0.9, 0.06},
    };
}

} // namespace

TEST_P(SituationTest, TheForegroundKeepsTheLink) {
    const auto& situation = GetParam();
    SimulatedLink link{situation.model};
    link.run(6);
    auto alone = link.run(9);
    EXPECT_GE(alone.background, situation.alone * link.rate()) << "alone";
    EXPECT_LE(alone.queue, situation.queue);
    EXPECT_FALSE(link.controller().is_yielding());
    link.start_foreground();
    link.run(2);
    auto both = link.run(20);
    EXPECT_GE(both.foreground, situation.foreground * link.rate()) << "beside the foreground";
    EXPECT_TRUE(link.controller().is_yielding());
    EXPECT_GT(both.background, 0) << "starved";
    link.stop_foreground();
    link.run(4);
    auto again = link.run(4);
    EXPECT_GE(again.background, 0.85 * link.rate()) << "afterwards";
    EXPECT_FALSE(link.controller().is_yielding());
}

INSTANTIATE_TEST_SUITE_P(All, SituationTest, testing::ValuesIn(situations()),
                         [](const auto& one) { return one.param.name; });

TEST(ControllerTest, AForegroundThatWasThereFirstKeepsTheLink) {
    SimulatedLink link{{}};
    link.start_foreground();
    link.run(2);
    auto both = link.run(10);
    EXPECT_GE(both.foreground, 0.95 * link.rate());
}

TEST(ControllerTest, ASteadyStreamLeavesTheRest) {
    SimulatedLink link{{.rate = 25e6}};
    link.steady_foreground(1e6);
    link.run(30);
    auto later = link.run(10);
    EXPECT_GE(later.foreground, 0.99e6);
    EXPECT_GE(later.background, 0.5 * link.rate()) << "a small stream does not stop everything";
}

TEST(ControllerTest, ASlowServerIsNotTakenForOthers) {
    SimulatedLink link{{.background_rate = 2e6}};
    link.run(6);
    auto later = link.run(20);
    EXPECT_GE(later.background, 0.98 * 2e6);
    EXPECT_FALSE(link.controller().is_yielding());
}

TEST(ControllerTest, ASlowerLinkIsUsedAgainAfterAWhile) {
    SimulatedLink link{{.same_machine = false}};
    link.run(10);
    link.set_rate(link.rate() / 2);
    link.run(20);
    EXPECT_GE(link.run(20).background, 0.5 * link.rate());
}

TEST(ControllerTest, TheReturnIsNotLeftToChance) {
    for (int i = 0; i < 20; ++i) {
        SimulatedLink link{{}};
        link.run(8);
        link.start_foreground();
        link.run(8 + 0.05 * i);
        link.stop_foreground();
        link.run(2.5);
        EXPECT_GE(link.run(1).background, 0.8 * link.rate()) << "try " << i;
    }
}

TEST(ControllerTest, AForegroundOfAnotherMachineKeepsTheLinkForLong) {
    SimulatedLink link{{.same_machine = false}};
    link.run(10);
    link.start_foreground();
    link.run(2);
    EXPECT_GE(link.run(150).foreground, 0.95 * link.rate());
}

TEST(ControllerTest, APathThatBecomesLongerIsUsedAgain) {
    for (double longer : {0.03, 0.05, 0.1}) {
        SimulatedLink link{{.same_machine = false}};
        link.run(10);
        link.set_base(longer);
        link.run(40);
        EXPECT_GE(link.run(5).background, 0.8 * link.rate()) << longer;
    }
}

class OtherWorkersTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(SameMachine, OtherWorkersTest, testing::Bool());

TEST_P(OtherWorkersTest, SeveralWorkersYieldAsOne) {
    for (size_t workers : {2, 4, 8}) {
        SimulatedLink link{{.connections = 2 * workers, .workers = workers, .same_machine = GetParam()}};
        link.run(20);
        std::vector<double> before;
        for (size_t i = 0; i < workers; ++i)
            before.push_back(link.moved(i) + link.moved(i + workers));
        auto alone = link.run(20);
        EXPECT_GE(alone.background, 0.9 * link.rate()) << workers;
        EXPECT_LE(alone.queue, 0.03) << workers;
        for (size_t i = 0; i < workers; ++i)
            EXPECT_GE(link.moved(i) + link.moved(i + workers) - before[i],
                      0.2 * 20 * link.rate() / static_cast<double>(workers))
                << "worker " << i << " of " << workers;
        link.start_foreground();
        link.run(3);
        EXPECT_GE(link.run(20).foreground, 0.96 * link.rate()) << workers;
        link.stop_foreground();
        link.run(5);
        EXPECT_GE(link.run(5).background, 0.8 * link.rate()) << workers;
    }
}

TEST(ControllerTest, ConnectionsThatEndLeaveNothing) {
    Controller controller;
    EXPECT_TRUE(controller.tick({.now = BootTime{Usec{1}}, .connections = {}}).empty());
    EXPECT_FALSE(controller.is_yielding());
}

} // namespace haulier::yield
