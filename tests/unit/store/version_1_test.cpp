// SPDX-License-Identifier: LGPL-2.1-or-later
// A database that a daemon with the first schema really wrote (version_1.sql) becomes one of today: every job
// is as it was, and what is new has its defaults.
#include "store/database_file.hpp"
#include "store/migrations.hpp"
#include "store_samples.hpp"
#include "version_1.sql.hpp"

namespace haulier::store {

namespace {

const std::string Downloads = "/tmp/haulier-version-1/downloads/";
const std::string Slow = "http://127.0.0.1:39361/";
const std::string Fast = "http://127.0.0.1:42433/";
const std::string Built = "Sat, 21 Nov 2026 07:45:48 GMT";

WallTime at(int64_t microseconds) {
    return WallTime{Usec{microseconds}};
}

job::File file(const std::string& remote, const std::string& name) {
    job::File file;
    file.spec.remote = remote;
    file.spec.local = Downloads + name;
    return file;
}

/// All of its bytes are here.
job::File whole(job::File file, uint64_t size, job::Validators validators, uint64_t inode) {
    file.total = size;
    file.offset = size;
    file.validators = std::move(validators);
    file.inode = {65024, inode};
    file.transferred = true;
    return file;
}

job::File part_of_large(const std::string& name, uint64_t offset, bool date_is_strong) {
    job::File part = file(Slow + "large.iso", name);
    part.total = 6'000'000;
    part.offset = offset;
    part.validators = {"\"6b014c2c-5b8d80\"", Built, date_is_strong};
    return part;
}

job::Job job(const std::string& id, const std::string& name, job::State state, int64_t created,
             int64_t modified) {
    job::Job job;
    job.id = {id};
    job.display_name = name;
    job.state = state;
    job.created = at(created);
    job.modified = at(modified);
    job.resumed = state != job::State::Suspended;
    return job;
}

StoredJob stored(job::Job job, std::vector<job::File> files) {
    job.files_total = static_cast<uint32_t>(files.size());
    for (const auto& file : files)
        job.files_transferred += file.transferred;
    return {std::move(job), std::move(files)};
}

StoredJob never_resumed() {
    auto packages = job("c4f9f7de1d264112bfc6460aedcd3ad7", "packages", job::State::Suspended,
                        1795247148230441, 1795247148230441);
    packages.key = "weekly";
    packages.description = "three packages\nof Grüße";
    packages.notify_flags = {.transferred = false, .error = true, .modification = true};
    packages.minimum_notification_interval = std::chrono::milliseconds{250};
    packages.minimum_retry_delay = std::chrono::seconds{5};
    packages.no_progress_timeout = std::chrono::seconds{3600};
    std::vector files{file("https://downloads.example.org/a%20b?x='1'", "a"),
                      file("http://downloads.example.org/b", "b"),
                      file("http://downloads.example.org/c", "c 'quoted'")};
    std::string hex;
    for (int i = 0; i < 32; ++i)
        hex += "ab";
    files[0].spec.checksum = job::Checksum{job::Checksum::Kind::Sha256, hex};
    files[1].spec.size = files[1].total = 4096;
    files[1].spec.mode = 0600;
    return stored(packages, files);
}

StoredJob suspended_in_the_middle() {
    auto half = job("4f78f27627c0449ebf5b069b3a277002", "half an image", job::State::Suspended,
                    1795247148232391, 1795247150740852);
    half.resumed = true; // it shows in the bytes
    return stored(half, {part_of_large("large.iso", 1'605'632, false),
                         whole(file(Slow + "later.iso", "later.iso"), 1000,
                               {"\"6b014c2c-3e8\"", Built, false}, 10954242)});
}

StoredJob transferred() {
    auto shopping = job("64a6ae118fc64c29a84ffd135bab49e2", "shopping", job::State::Transferred,
                        1795247148233972, 1795247148240223);
    shopping.transferred_at = shopping.modified;
    shopping.notify_flags.file_transferred = true;
    shopping.notify_service = {"org.example.Shop", "/client"};
    job::Validators one{"\"one\"", "Sat, 14 Nov 2026 07:45:48 GMT", true};
    return stored(shopping, {whole(file(Fast + "one", "one"), 20000, one, 10952713),
                             whole(file(Fast + "two", "two"), 20000, one, 10954243)});
}

StoredJob failed() {
    auto lost = job("4ca1a55bba2940639e2c0066fc5def38", "lost", job::State::Error, 1795247148236024,
                    1795247148238651);
    lost.error =
        job::JobError{job::Cause::HttpStatus, 404, "127.0.0.1: The server answered with HTTP status 404.", 0};
    return stored(lost, {file(Fast + "nothing-there", "nothing")});
}

StoredJob waiting_for_a_retry() {
    auto away = job("336107cccffc497abc40adb11c0cbb9e", "nobody at home", job::State::TransientError,
                    1795247148239501, 1795247148241905);
    away.error = job::JobError{job::Cause::ConnectFailure, 7, "No connection to 127.0.0.1 could be made.", 0};
    away.minimum_retry_delay = std::chrono::seconds{600};
    away.failures = 1;
    away.retry_wait = Usec{600'000'000};
    away.retry_date = at(1795247748241905);
    return stored(away, {file("http://127.0.0.1:9/discard", "discard")});
}

StoredJob empty() {
    return stored(job("cb15ad1a4544461996799232377b30fa", "empty", job::State::Suspended, 1795247148241403,
                      1795247148241403),
                  {});
}

StoredJob in_flight() {
    return stored(job("403c1e50c96049529fd0a001a661a8fb", "interrupted", job::State::Transferring,
                      1795247150742028, 1795247153880117),
                  {part_of_large("again.iso", 1'966'080, true)});
}

class Version1 : public testing::Test {
protected:
    void SetUp() override {
        expect_done(make_empty(directory_.database(), {}));
        run_sql(directory_.database(), std::string{version_1_sql});
        ASSERT_EQ(ask(directory_.database(), "PRAGMA user_version"), 1);
    }
    DatabaseDir directory_;
};

} // namespace

TEST_F(Version1, EveryJobIsAsItWas) {
    Store store = open_quietly(directory_);
    std::vector expected{never_resumed(), suspended_in_the_middle(), transferred(),
                         failed(),        waiting_for_a_retry(),     empty(),
                         in_flight()};
    auto jobs = jobs_of(store);
    ASSERT_EQ(jobs.size(), expected.size());
    for (size_t i = 0; i < jobs.size(); ++i) {
        EXPECT_EQ(jobs[i].job, expected[i].job) << jobs[i].job.display_name;
        EXPECT_EQ(jobs[i].files, expected[i].files) << jobs[i].job.display_name;
    }
}

TEST_F(Version1, WhatIsOwedIsStillOwed) {
    Store store = open_quietly(directory_);
    job::Id shopping = transferred().job.id;
    EXPECT_EQ(outbox_of(store),
              (std::vector<OutboxRow>{{1, failed().job.id, 0, {job::NotificationKind::Error, 0}},
                                      {2, shopping, 0, {job::NotificationKind::FileTransferred, 1}},
                                      {3, shopping, 0, {job::NotificationKind::FileTransferred, 0}},
                                      {4, shopping, 0, {job::NotificationKind::Transferred, job::NoFile}}}));
    auto launches = store.load_launches();
    ASSERT_TRUE(launches);
    EXPECT_EQ(*launches, (std::vector<Launches>{{0, "org.example.Shop", 1}}));
}

TEST_F(Version1, ItIsOneOfTodayAndStaysOne) {
    { open_quietly(directory_); }
    EXPECT_EQ(ask(directory_.database(), "PRAGMA user_version"), static_cast<int64_t>(steps().size()));
    Store store = open_quietly(directory_);
    job::Decision decision;
    decision.job = failed().job;
    decision.job.priority = job::Priority::Foreground;
    decision.job.http.method = "POST";
    decision.job.files_total = 2;
    decision.files[1] = file(Fast + "another", "another");
    decision.files[1].spec.mirrors = {"https://mirror.example.org/another"};
    save_and_commit(store, decision);
    auto jobs = jobs_of(store);
    ASSERT_EQ(jobs.size(), 7u);
    EXPECT_EQ(jobs[3].job, decision.job);
    EXPECT_EQ(jobs[3].files, (std::vector{failed().files[0], decision.files[1]}));
    EXPECT_EQ(jobs[4], waiting_for_a_retry());
}

TEST_F(Version1, AStepThatFailsLeavesItAsItWas) {
    run_sql(directory_.database(), "CREATE TABLE credentials (oops TEXT)"); // in the way of step 2
    std::string set_aside;
    {
        auto store = Store::open(directory_.path(), &set_aside);
        ASSERT_TRUE(store);
    }
    EXPECT_NE(set_aside.find("step 2 (all of BITS' job semantics) of the schema failed"), std::string::npos)
        << set_aside;
    auto old = set_aside.substr(0, set_aside.find(": "));
    EXPECT_EQ(ask(old, "PRAGMA user_version"), 1);
    EXPECT_EQ(ask(old, "SELECT count(*) FROM pragma_table_info('jobs')"), 26);
    EXPECT_EQ(ask(old, "SELECT count(*) FROM files"), 10);
}

} // namespace haulier::store
