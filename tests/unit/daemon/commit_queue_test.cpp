// SPDX-License-Identifier: LGPL-2.1-or-later
// The order decide, persist, adopt, with a real database and a loop that the test turns by hand.
#include "daemon/manager/commit_queue.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

namespace haulier::daemon {

namespace {

struct LedgerTest : testing::Test {
    std::filesystem::path dir =
        std::filesystem::temp_directory_path() / ("haulier-ledger-" + std::to_string(getpid()));
    Loop loop;
    std::vector<std::vector<CommittedDecision>> adopted;
    int stumbles = 0;

    void SetUp() override { std::filesystem::create_directories(dir); }
    void TearDown() override { std::filesystem::remove_all(dir); }

    store::Store open() {
        auto store = store::Store::open(dir);
        EXPECT_TRUE(store);
        return std::move(*store);
    }
    CommitQueue ledger() {
        return {loop, open(), [this](std::vector<CommittedDecision> s) { adopted.push_back(std::move(s)); },
                [this] { ++stumbles; }};
    }
    static job::Decision job_named(const std::string& name) {
        job::Request request;
        request.settings.set<&job::Settings::display_name>(name);
        auto hex = std::string(32 - name.size(), '0') + name;
        return *job::create(job::Id{hex}, 1000, request, job::Limits{}, SystemClock{}.now());
    }
    /// Makes every write to the jobs table fail, as a broken disk would.
    void sabotage() {
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open((dir / "haulier.db").c_str(), &db), SQLITE_OK);
        ASSERT_EQ(sqlite3_exec(db,
                               "CREATE TRIGGER broken BEFORE INSERT ON jobs WHEN new.display_name = 'bad' "
                               "BEGIN SELECT RAISE(ABORT, 'sabotage'); END",
                               nullptr, nullptr, nullptr),
                  SQLITE_OK);
        sqlite3_close(db);
    }
};

TEST_F(LedgerTest, DecisionsOfOneTurnShareOneCommit) {
    auto l = ledger();
    int answers = 0;
    l.stage(job_named("a"), [&](const Status& s) { answers += s ? 1 : 0; });
    l.stage(job_named("b"), [&](const Status& s) { answers += s ? 1 : 0; });
    EXPECT_TRUE(adopted.empty());
    ASSERT_TRUE(loop.turn(Usec{1'000'000}));
    ASSERT_EQ(adopted.size(), 1U);
    EXPECT_EQ(adopted[0].size(), 2U);
    // Whoever adopts answers; the ledger itself answers failures only.
    EXPECT_EQ(answers, 0);
    EXPECT_EQ(open().load_jobs()->size(), 2U);
}

TEST_F(LedgerTest, LaterDecisionsOfTheTurnSeeEarlierOnes) {
    auto l = ledger();
    auto d = job_named("a");
    auto id = d.job.id;
    EXPECT_EQ(l.staged_job(id), nullptr);
    l.stage(d);
    d.job.description = "second";
    l.stage(d);
    ASSERT_NE(l.staged_job(id), nullptr);
    EXPECT_EQ(l.staged_job(id)->description, "second");
    ASSERT_TRUE(l.flush());
    EXPECT_EQ(l.staged_job(id), nullptr);
    EXPECT_EQ(open().load_jobs()->at(0).job.description, "second");
}

TEST_F(LedgerTest, WhenOneCannotBeStoredNoneOfTheTurnHappened) {
    auto l = ledger();
    sabotage();
    std::vector<Errc> failures;
    auto note = [&](const Status& s) {
        ASSERT_FALSE(s);
        failures.push_back(s.error().code);
    };
    l.stage(job_named("a"), note);
    auto bad = job_named("b");
    bad.job.display_name = "bad";
    l.stage(bad, note);
    EXPECT_EQ(failures, (std::vector<Errc>{Errc::Store, Errc::Store}));
    EXPECT_EQ(stumbles, 1);
    EXPECT_EQ(l.staged_job(job_named("a").job.id), nullptr);
    ASSERT_TRUE(l.flush());
    EXPECT_TRUE(adopted.empty());
    EXPECT_TRUE(open().load_jobs()->empty());
    // And it goes on working.
    l.stage(job_named("c"));
    ASSERT_TRUE(l.flush());
    EXPECT_EQ(adopted.size(), 1U);
}

} // namespace

} // namespace haulier::daemon
