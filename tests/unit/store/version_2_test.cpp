// SPDX-License-Identifier: LGPL-2.1-or-later
// A database that a daemon with schema 2 really wrote (version_2.sql) becomes one of today: every value is as
// it was, and is written again as it was.
#include "older_database.hpp"
#include "version_2.sql.hpp"

namespace haulier::store {

namespace {

class Version2 : public OlderDatabase {
protected:
    void SetUp() override { write(version_2_sql, 2); }
};

} // namespace

TEST_F(Version2, EveryValueIsAsItWasAlsoWhenItIsWrittenAgain) {
    expect_values_are_kept(9);
}

TEST_F(Version2, TheSettingsAreThoseThatWereChosen) {
    Store store = open_quietly(directory_);
    auto catalogue = named(store, "catalogue").job;
    job::Settings expected;
    expected.display_name = "catalogue";
    expected.description = "two files\nof Grüße";
    expected.notify_flags = {.transferred = false, .error = true, .file_transferred = true};
    expected.minimum_notification_interval = std::chrono::milliseconds{250};
    expected.minimum_retry_delay = std::chrono::seconds{5};
    expected.no_progress_timeout = std::chrono::seconds{3600};
    expected.priority = job::Priority::High;
    expected.maximum_download_time = std::chrono::seconds{86400};
    expected.maximum_download_size = 50'000'000;
    expected.auto_complete = true;
    expected.network_cost = job::NetworkCost::Unmetered;
    expected.power_policy = job::PowerPolicy::AcOnly;
    expected.bandwidth_limit = 65536;
    expected.not_before = WallTime{Usec{1'795'255'200'123'456}};
    expected.http.headers = {"X-Token: 1", "Cookie: ü"};
    expected.http.headers_write_only = true;
    expected.http.security = {.check_revocation = true, .ignore_dates = true};
    expected.http.redirect = job::RedirectPolicy::Report;
    expected.http.client_certificate = "/home/user/my 'key'.pem";
    expected.http.proxy = {job::Proxy::Mode::Override, "http=proxy.example.org:3128",
                           "<local> *.example.net"};
    expected.http.credentials = {
        {job::Credentials::Target::Server, job::Credentials::Scheme::Basic, "user", "pass:word", ""},
        {job::Credentials::Target::Proxy, job::Credentials::Scheme::Negotiate, "", "", ""}};
    EXPECT_EQ(static_cast<const job::Settings&>(catalogue), expected);
    EXPECT_EQ(catalogue.key, "weekly");
    EXPECT_FALSE(catalogue.resumed);

    auto upload = named(store, "an upload").job;
    EXPECT_EQ(upload.http.method, "POST");
    EXPECT_EQ(upload.reply_file_name, "/tmp/haulier-version-2/downloads/answer");
    auto on_demand = named(store, "on demand");
    EXPECT_TRUE(on_demand.job.on_demand && on_demand.job.ranges_wanted);
    EXPECT_EQ(on_demand.files[0].wanted, (std::vector<job::Range>{{100000, 10}}));
    EXPECT_EQ(on_demand.files[0].filled, (std::vector<job::Range>{{0, 1000}, {5000, 500}}));
}

TEST_F(Version2, WhatIsNewHasItsDefault) {
    Store store = open_quietly(directory_);
    for (const auto& stored : jobs_of(store)) {
        EXPECT_EQ(stored.job.on_file_error, job::OnFileError::Stop);
        EXPECT_EQ(stored.job.answer_timeout.count(), 0);
        EXPECT_EQ(stored.job.umask, std::nullopt);
        EXPECT_EQ(stored.job.wait, job::Wait::Retry);
        EXPECT_EQ(stored.job.files_failed, 0U);
        for (const auto& file : stored.files)
            EXPECT_FALSE(file.error || file.failures > 0 || file.folder != job::Inode{});
    }
    EXPECT_TRUE(store.load_rests()->empty());
}

TEST_F(Version2, EveryStateIsAsItWas) {
    Store store = open_quietly(directory_);
    const std::map<std::string, job::State> states{{"half an image", job::State::Suspended},
                                                   {"shopping", job::State::Transferred},
                                                   {"lost", job::State::Error},
                                                   {"no server", job::State::TransientError},
                                                   {"empty", job::State::Suspended},
                                                   {"interrupted", job::State::Transferring}};
    for (const auto& [name, state] : states)
        EXPECT_EQ(named(store, name).job.state, state) << name;
    EXPECT_EQ(outbox_of(store).size(), 4u);
}

} // namespace haulier::store
