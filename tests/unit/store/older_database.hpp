// SPDX-License-Identifier: LGPL-2.1-or-later
// A database that an older daemon really wrote, as text, in a directory of its own.
#pragma once

#include "store/database_file.hpp"
#include "store/migrations.hpp"
#include "store_samples.hpp"

#include <array>
#include <fmt/core.h>
#include <map>
#include <string>

namespace haulier::store {

class OlderDatabase : public testing::Test {
protected:
    void write(std::string_view sql, int64_t version) {
        expect_done(make_empty(directory_.database(), {}));
        run_sql(directory_.database(), std::string{sql});
        ASSERT_EQ(ask(directory_.database(), "PRAGMA user_version"), version);
        for (const auto* table : Tables)
            queries_[table] = "SELECT coalesce(group_concat(row, char(10)), '') FROM (SELECT " +
                              text("SELECT group_concat('quote(' || name || ')', ' || '' '' || ') "
                                   "FROM pragma_table_info('" +
                                   std::string{table} + "')") +
                              " AS row FROM " + table + " ORDER BY row)";
    }
    /// All values of the columns that the older version has, by table.
    std::map<std::string, std::string> values() {
        std::map<std::string, std::string> all;
        for (const auto& [table, sql] : queries_)
            all[table] = text(sql);
        return all;
    }
    static StoredJob named(Store& store, const std::string& name) {
        for (auto& job : jobs_of(store))
            if (job.job.display_name == name) return job;
        ADD_FAILURE() << "no job " << name;
        return {};
    }
    /// Every value is as it was, after the migration and when a store has written each of the jobs again.
    void expect_values_are_kept(size_t jobs) {
        auto before = values();
        EXPECT_GT(before["jobs"].size(), 1000U);
        Store store = open_quietly(directory_);
        EXPECT_EQ(values(), before);
        EXPECT_EQ(jobs_of(store).size(), jobs);
        change_and_write_again(store);
        EXPECT_EQ(values(), before);
        EXPECT_EQ(ask(directory_.database(), "PRAGMA user_version"), static_cast<int64_t>(steps().size()));
    }
    /// As above, with the job "shopping" in another state.
    void expect_state_is_kept(job::State state, size_t jobs) {
        run_sql(directory_.database(),
                fmt::format("UPDATE jobs SET state = '{}', completing = {} WHERE display_name = 'shopping'",
                            job::to_string(state), state == job::State::Publishing));
        if (state == job::State::Blocked)
            run_sql(directory_.database(), "UPDATE jobs SET error_cause = 'network-lost', error_code = 0, "
                                           "error_sentence = 'there is no network' "
                                           "WHERE display_name = 'shopping'");
        expect_values_are_kept(jobs);
        Store store = open_quietly(directory_);
        EXPECT_EQ(named(store, "shopping").job.state, state);
    }
    DatabaseDir directory_;

private:
    static constexpr std::array Tables{"jobs", "http", "credentials", "files", "details", "outbox"};

    /// Changes a setting and a count of each job, and writes each job again as it was read.
    void change_and_write_again(Store& store) {
        run_sql(directory_.database(),
                "UPDATE jobs SET description = description || '!', failures = failures + 1");
        for (auto& stored : jobs_of(store)) {
            stored.job.description.pop_back();
            stored.job.failures -= 1;
            job::Decision same;
            same.job = stored.job;
            for (uint32_t i = 0; i < stored.files.size(); ++i)
                same.files.emplace(i, stored.files[i]);
            save_and_commit(store, same);
        }
    }

    std::string text(const std::string& sql) {
        Connection db;
        expect_done(db.open(directory_.database()));
        auto answer = db.ask_text(sql);
        EXPECT_TRUE(answer) << answer.error().message;
        return answer ? *answer : "";
    }
    std::map<std::string, std::string> queries_;
};

} // namespace haulier::store
