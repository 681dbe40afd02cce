// SPDX-License-Identifier: LGPL-2.1-or-later
// A real database in a temporary directory, which can be made to fail, and sample requests.
#pragma once

#include "job/decide.hpp"
#include "store/store.hpp"
#include "support/loop_test.hpp"
#include "support/temp_dir.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace haulier::daemon {

constexpr uint32_t Ann = 1000;
constexpr uint32_t Bob = 1001;

inline job::FileSpec file_spec(const std::string& name) {
    job::FileSpec spec;
    spec.remote = "http://127.0.0.1/" + name;
    spec.local = "/srv/" + name;
    return spec;
}

inline job::Request request_for(uint32_t files, bool resume = false) {
    job::Request request;
    request.settings.set<&job::Settings::display_name>("sample");
    request.resume = resume;
    for (uint32_t i = 0; i < files; ++i)
        request.files.push_back(file_spec("f" + std::to_string(i)));
    return request;
}

class StoreTest : public test::LoopTest {
protected:
    static store::Store open_store(const std::string& directory) {
        auto store = store::Store::open(directory);
        EXPECT_TRUE(store);
        return std::move(*store);
    }
    store::Store open_store() { return open_store(directory_.path()); }
    /// What a restarted daemon would find.
    store::StoredJobs stored() { return *open_store().load_jobs(); }

    /// Every change of a job fails from now on, as on a full disk; or of those jobs that have this name.
    /// Not while a transaction is open.
    void break_store(const std::string& name = {}) {
        auto when = name.empty() ? std::string{"1"} : "new.display_name = '" + name + "'";
        for (std::string event : {"INSERT", "UPDATE"})
            run_sql("CREATE TRIGGER broken_" + event + " BEFORE " + event + " ON jobs WHEN " + when +
                    " BEGIN SELECT RAISE(ABORT, 'broken'); END");
        if (!name.empty()) return;
        run_sql(
            "CREATE TRIGGER broken_DELETE BEFORE DELETE ON jobs BEGIN SELECT RAISE(ABORT, 'broken'); END");
        run_sql(
            "CREATE TRIGGER broken_LIMIT BEFORE INSERT ON user_limits BEGIN SELECT RAISE(ABORT, 'broken'); "
            "END");
    }
    void repair_store() {
        for (std::string event : {"INSERT", "UPDATE", "DELETE", "LIMIT"})
            run_sql("DROP TRIGGER IF EXISTS broken_" + event);
    }
    void remove_store() { std::filesystem::remove(directory_.path() + "/haulier.db"); }

private:
    void run_sql(const std::string& sql) {
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open(directory_.at("haulier.db").c_str(), &db), SQLITE_OK);
        sqlite3_busy_timeout(db, 1000);
        EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
        sqlite3_close(db);
    }
    // In memory if possible, because the tests sync often.
    test::TempDir directory_{access("/dev/shm", W_OK) == 0 ? "/dev/shm"
                                                           : std::filesystem::temp_directory_path()};
};

} // namespace haulier::daemon
