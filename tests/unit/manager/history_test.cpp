// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/history.hpp"

#include "parts_fixture.hpp"

namespace haulier::daemon {

namespace {

class HistoryTest : public PartsTest {
protected:
    void end_a_job(const std::string& name = "sample") {
        auto request = request_for(1);
        request.settings.set<&job::Settings::display_name>(name);
        decide(*job::cancel(add(request).working(), clock_.now()));
        history_.grown();
    }
    std::vector<std::string> listed() {
        std::vector<std::string> names;
        history_.list({}, [&](const auto& jobs) {
            for (const auto& job : *jobs)
                names.push_back(job.display_name);
        });
        EXPECT_TRUE(commits_.flush());
        return names;
    }
    /// What is in the store, expired or not.
    size_t kept() { return commits_.store().list_ended({})->size(); }
    using Names = std::vector<std::string>;

    History history_{context_};
};

TEST_F(HistoryTest, AJobIsRememberedWithItsEnd) {
    history_.configure();
    EXPECT_EQ(listed(), Names{});
    end_a_job("first");
    end_a_job("second");
    EXPECT_EQ(listed(), (Names{"second", "first"}));
}

TEST_F(HistoryTest, AnEndThatIsNotStoredIsNotRemembered) {
    history_.configure();
    auto& record = add(request_for(1));
    break_store();
    commits_.stage(*job::cancel(record.working(), clock_.now()));
    EXPECT_FALSE(commits_.flush() && failures_ == 0);
    repair_store();
    EXPECT_EQ(listed(), Names{});
}

TEST_F(HistoryTest, NothingIsRememberedIfThatIsTurnedOff) {
    history_.configure();
    end_a_job("before");
    config_.keep_history = std::chrono::milliseconds{0};
    history_.configure();
    end_a_job("after");
    EXPECT_EQ(listed(), Names{});
    EXPECT_EQ(kept(), 0u);
}

TEST_F(HistoryTest, WhatIsTooOldIsNotListedAndDeletedAtTheNextStart) {
    history_.configure();
    clock_.set_back(std::chrono::hours{24 * 31});
    end_a_job("old");
    clock_.set_back({});
    end_a_job("new");
    EXPECT_EQ(listed(), Names{"new"});
    EXPECT_EQ(kept(), 2u);
    history_.configure();
    ASSERT_TRUE(commits_.flush());
    EXPECT_EQ(kept(), 1u);
}

TEST_F(HistoryTest, TheNewestOfAnOwnerAreRemembered) {
    config_.history_entries = 2;
    history_.configure();
    for (const auto* name : {"first", "second", "third"})
        end_a_job(name);
    EXPECT_EQ(listed(), (Names{"third", "second"}));
}

} // namespace

} // namespace haulier::daemon
