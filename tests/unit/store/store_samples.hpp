// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tests of the store share: a temporary directory, sample jobs, and a second connection to the
// database.
#pragma once

#include "store/database.hpp"
#include "store/store.hpp"
#include "support/temp_dir.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace haulier::store {

/// A temporary directory for a database. In memory if possible, because these tests sync thousands of times.
class DatabaseDir : public test::TempDir {
public:
    DatabaseDir()
        : test::TempDir{access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path()} {
    }
    [[nodiscard]] std::string database() const { return at("haulier.db"); }
};

inline job::Id id_of(unsigned number) {
    std::string digits = std::to_string(number);
    return {std::string(32 - digits.size(), '0') + digits};
}

inline job::Job plain_job(unsigned number) {
    job::Job job;
    job.id = id_of(number);
    job.display_name = "job " + std::to_string(number);
    job.created = WallTime{Usec{1'000'000 + number}};
    return job;
}

inline job::File plain_file(unsigned number) {
    job::File file;
    file.spec.remote = "https://example.org/releases/2026/file-" + std::to_string(number) + ".tar.xz";
    file.spec.local = "/home/somebody/Downloads/file-" + std::to_string(number) + ".tar.xz";
    return file;
}

/// A new job with `files` files.
inline job::Decision creation(unsigned number, unsigned files = 0) {
    job::Decision decision;
    decision.job = plain_job(number);
    decision.job.files_total = files;
    for (unsigned i = 0; i < files; ++i)
        decision.files.emplace(i, plain_file(i));
    return decision;
}

inline Store open_quietly(const DatabaseDir& directory) {
    std::string set_aside;
    auto store = Store::open(directory.path(), &set_aside);
    if (!store) throw std::runtime_error(store.error().message);
    EXPECT_EQ(set_aside, "");
    return std::move(*store);
}

inline std::vector<StoredJob> jobs_of(Store& store) {
    auto jobs = store.load_jobs();
    if (!jobs) throw std::runtime_error(jobs.error().message);
    return {jobs->begin(), jobs->end()};
}

inline std::vector<OutboxRow> outbox_of(Store& store) {
    auto rows = store.load_outbox();
    if (!rows) throw std::runtime_error(rows.error().message);
    return *rows;
}

inline void expect_done(const Status& status) {
    EXPECT_TRUE(status) << status.error().message;
}

inline void save_and_commit(Store& store, const job::Decision& decision) {
    auto saved = store.save(decision);
    ASSERT_TRUE(saved) << saved.error().message;
    expect_done(store.commit());
}

/// A database with one job, closed.
inline void make_database(const std::string& directory) {
    auto store = Store::open(directory);
    ASSERT_TRUE(store) << store.error().message;
    save_and_commit(*store, creation(1, 10));
}

// SQL through a connection of the test's own.

inline int64_t ask(const std::string& path, const std::string& sql) {
    Connection db;
    expect_done(db.open(path));
    auto answer = db.ask_integer(sql);
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? *answer : -1;
}

inline void run_sql(const std::string& path, const std::string& sql) {
    Connection db;
    expect_done(db.open(path));
    expect_done(db.run(sql));
}

} // namespace haulier::store
