// SPDX-License-Identifier: LGPL-2.1-or-later
// What goes in comes out: every field, also in its oddest values.
#include "store/migrations.hpp"
#include "store_samples.hpp"
#include "support/files.hpp"

#include <limits>
#include <sys/stat.h>
#include <type_traits>

namespace haulier::store {

namespace {

using namespace std::string_literals;

constexpr uint32_t MaxU32 = std::numeric_limits<uint32_t>::max();
constexpr uint64_t MaxU64 = std::numeric_limits<uint64_t>::max();

/// No field has its default.
job::Http full_http() {
    using Target = job::Credentials::Target;
    using Scheme = job::Credentials::Scheme;
    job::Http http;
    http.headers = {"X-Token: a; b=\"c\"", "Cookie: ü", "X-Token: again", "X-Empty:"};
    http.headers_write_only = true;
    http.method = "POST";
    http.security = {true, true, true, true, true, true};
    http.redirect = job::RedirectPolicy::Disallow;
    http.client_certificate = "/home/somebody/my 'key'.pem";
    http.client_key = "/home/somebody/the 'key'.pem";
    http.certificate_authority = "/etc/ssl/our 'own'.pem";
    http.proxy = {job::Proxy::Mode::Override, "http=proxy:3128 socks5h://[::1]:9", "<local> *.example.org"};
    http.credentials = {{Target::Proxy, Scheme::Ntlm, "", "", ""},
                        {Target::Server, Scheme::Bearer, "", "ey\nJ0 \xff", ""},
                        {Target::Server, Scheme::Basic, "DOMAIN\\user", "pass:word", "example.org:443"}};
    return http;
}

/// No field has its default.
void fill_choices(job::Job& job) {
    job.priority = job::Priority::Foreground;
    job.visibility = job::Visibility::Progress;
    job.network_cost = job::NetworkCost::Unmetered;
    job.power_policy = job::PowerPolicy::AcOnly;
    job.bandwidth_limit = MaxU64 - 1;
    job.not_before = WallTime{Usec{int64_t{1} << 61}};
    job.on_file_error = job::OnFileError::Continue;
    job.publish_files = job::PublishFiles::Each;
    job.renew_remote_name = job::RenewRemoteName::Always;
    job.temporary_directory = "/srv/parts";
    job.use_peers = true;
    job.jitter = std::chrono::seconds{MaxU32};
    job.answer_timeout = std::chrono::seconds{90};
    job.connections = 16;
    job.umask = 027;
    job.auto_complete = true;
    job.dynamic_content = true;
    job.high_performance = true;
    job.on_demand = true;
    job.ranges_wanted = true;
    job.maximum_download_size = 1;
    job.maximum_download_time = std::chrono::seconds{MaxU32};
    job.http = full_http();
    job.reply_file_name = "/srv/the reply";
}

/// Texts that no other code here fills have their name as their value.
void fill_texts(job::Settings& settings) {
    job::for_each_setting([&]<class Row>(const Row& row) {
        if constexpr (std::is_same_v<typename Row::Value, std::string>)
            if (row.in(settings).empty()) row.in(settings) = row.name;
    });
}

/// No field has its default.
job::Job full_job() {
    job::Job job;
    job.id = {"0123456789abcdef0123456789abcdef"};
    job.type = job::Type::UploadReply;
    job.owner = 4294967294;
    job.key = "weekly 'update'; DROP TABLE jobs; --";
    job.app_id = "org.example.App";
    job.app_id_source = job::AppIdSource::Cgroup;
    job.grants = {{"/home/a b", "/home/a b", job::Grant::Access::Write},
                  {"/run/user/1/doc", "/run/user/1/doc/by-app/x", job::Grant::Access::Read},
                  {"/home/a b/.var/app", "/home/a b/.var/app", job::Grant::Access::Hidden}};
    job.state = job::State::Publishing;
    job.display_name = "Grüße, 世界 \U0001F69A";
    job.description = "two\nlines\tand a \0 byte"s;
    job.notify_flags = {.transferred = false,
                        .error = false,
                        .modification = true,
                        .file_transferred = true,
                        .file_ranges_transferred = true,
                        .remote_name_expired = true,
                        .disable = true};
    job.notify_service = {"org.example.App", "/org/example/App"};
    job.minimum_notification_interval = std::chrono::milliseconds{MaxU32};
    job.created = WallTime{Usec{1'795'255'200'123'456}};
    job.modified = WallTime{Usec{1'795'255'200'123'457}};
    job.transferred_at = WallTime{Usec{1}};
    job.error = job::JobError{job::Cause::HttpStatus, -12, "the server said \"no\" \xff\xfe", 7};
    job.error_count = MaxU32;
    job.minimum_retry_delay = std::chrono::seconds{MaxU32};
    job.no_progress_timeout = std::chrono::seconds{0};
    job.failures = 17;
    job.wait = job::Wait::Host;
    job.retry_wait = Usec{61'000'001};
    job.retry_date = WallTime{Usec{int64_t{1} << 60}};
    job.stalled_for = Usec{5};
    fill_choices(job);
    fill_texts(job);
    job.resumed = true;
    job.active_for = Usec{7};
    job.expired = true;
    job.reply_total = 0;
    job.reply_transferred = MaxU64;
    return job;
}

/// No field has its default.
job::File full_file() {
    job::File file;
    file.spec.remote = "https://example.org/a%20b?x=1&y='2'#z";
    file.spec.local = "/srv/däta/with space/\"quoted\"";
    file.spec.checksum = job::Checksum{job::Checksum::Kind::Sha1, std::string(40, 'a')};
    file.spec.size = (uint64_t{1} << 63) + 1;
    file.spec.mode = 0640;
    file.spec.existing = job::Existing::Rename;
    file.spec.server_name = true;
    file.total = uint64_t{1} << 40;
    file.offset = job::UnknownSize - 1;
    file.validators = {"\"\xe9tag\"", "Sat, 21 Nov 2026 10:15:00 GMT", true, "application/zip"};
    file.named_remote = "https://example.org/stable";
    file.inode = {MaxU64, uint64_t{1} << 63};
    file.restarts = MaxU32;
    file.mismatches = 1;
    file.transferred = true;
    file.completed = true;
    file.naming = true;
    file.not_modified = true;
    file.secrets_for = "https://first.example:443";
    file.renewal_asked = true;
    file.removed = true;
    file.spec.if_modified_since = WallTime{Usec{1}};
    file.spec.if_none_match = "\"a\", W/\"b\"";
    file.spec.ranges = {{4096, 100}, {0, 1}, {8192, job::ToEnd}};
    file.spec.mirrors = {"https://mirror.example.org/a%20b", "http://[::1]:8080/"};
    file.spec.peers = {"https://localhost:27500/a?sha256=b", "http://10.0.0.2/"};
    file.peer = 1;
    file.from_peers = true;
    file.validation = job::Validation::Invalid;
    file.redirected_cross_origin = true;
    file.response_headers = "HTTP/1.1 206 Partial Content\nServer: \xef\xbf\xbd\nX-Empty:\n\n";
    file.source = 2;
    file.source_statuses = {{3, true}, {}, {MaxU32, false}};
    file.wanted = {{5, 5}, {0, 100}, {0, 100}};
    file.filled = {{0, 5}, {50, 50}};
    file.pieces = {{0, 3}, {7, 4}};
    file.upload_url = "https://example.org/files/24e533e02ec3bc40c387f1a0e460e216";
    file.stamp = job::SourceStamp{{1, MaxU64}, MaxU64, -1};
    file.error = job::JobError{job::Cause::Timeout, 28, "too \xff slow", 7};
    file.failures = MaxU32;
    file.wait = job::Wait::Clock;
    file.retry_wait = Usec{1};
    file.retry_date = WallTime{Usec{int64_t{1} << 60}};
    file.stalled_for = Usec{2};
    file.folder = {MaxU64, 1};
    file.part = MaxU64;
    return file;
}

void expect_round_trip(const job::Decision& decision) {
    DatabaseDir directory;
    {
        Store store = open_quietly(directory);
        save_and_commit(store, decision);
    }
    Store store = open_quietly(directory);
    auto jobs = jobs_of(store);
    ASSERT_EQ(jobs.size(), 1u);
    job::Job expected = decision.job;
    expected.clocks = {};
    EXPECT_EQ(jobs[0].job, expected);
    ASSERT_EQ(jobs[0].files.size(), decision.files.size());
    for (const auto& [number, file] : decision.files)
        EXPECT_EQ(jobs[0].files[number], file) << number;
}

job::Decision one_file(const job::File& file) {
    job::Decision decision = creation(1, 1);
    decision.files[0] = file;
    decision.job.files_transferred = file.transferred;
    decision.job.files_failed = file.failed;
    decision.job.files_removed = file.removed;
    return decision;
}

} // namespace

TEST(RoundTrip, JobOfDefaults) {
    job::Decision decision;
    decision.job.id = id_of(1);
    expect_round_trip(decision);
}

TEST(RoundTrip, EveryFieldOfAJob) {
    job::Decision decision;
    decision.job = full_job();
    decision.job.clocks.retry_at = BootTime{Usec{99}}; // not stored
    expect_round_trip(decision);
}

TEST(RoundTrip, NoSettingOfAFullJobHasItsDefault) {
    const job::Settings defaults;
    job::for_each_setting([full = full_job(), &defaults](const auto& row) {
        EXPECT_FALSE(row.in(full) == row.in(defaults)) << row.name;
    });
}

TEST(RoundTrip, ProgressWithoutSettings) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    job::Decision whole;
    whole.job = full_job();
    save_and_commit(store, whole);

    job::Job expected;
    static_cast<job::Settings&>(expected) = whole.job;
    expected.id = whole.job.id;
    expected.type = whole.job.type;
    expected.owner = whole.job.owner;
    expected.key = whole.job.key;
    expected.app_id = whole.job.app_id;
    expected.app_id_source = whole.job.app_id_source;
    expected.grants = whole.job.grants;
    expected.created = whole.job.created;
    job::Decision progress;
    progress.job = expected;
    progress.job.display_name = "not stored";
    progress.job.http.headers.clear();
    progress.job.http.credentials.clear();
    progress.settings_changed = false;
    save_and_commit(store, progress);
    EXPECT_EQ(jobs_of(store).at(0).job, expected);
}

TEST(RoundTrip, EveryState) {
    for (auto state : job::AllStates) {
        job::Decision decision = creation(1);
        decision.job.state = state;
        // A blocked job always has its reason.
        if (state == job::State::Blocked) decision.job.error = job::JobError{job::Cause::BlockedByCost};
        expect_round_trip(decision);
    }
}

TEST(RoundTrip, ErrorsOfEveryCause) {
    for (int i = 0; i <= static_cast<int>(job::Cause::Internal); ++i) {
        job::Decision decision = creation(1);
        decision.job.error = job::JobError{static_cast<job::Cause>(i), i, "", job::NoFile};
        expect_round_trip(decision);
    }
}

TEST(RoundTrip, EverySetOfFlags) {
    for (unsigned bits = 0; bits < 64; ++bits) {
        auto bit = [&](unsigned number) { return (bits >> number & 1) != 0; };
        job::Decision decision = creation(1);
        decision.job.notify_flags = {bit(0), bit(1), bit(2), bit(3), bit(4), bit(5)};
        decision.job.http.security = {bit(5), bit(4), bit(3), bit(2), bit(1), bit(0)};
        expect_round_trip(decision);
    }
}

TEST(RoundTrip, EveryWordOfAJob) {
    auto each = [](auto& choice, auto last, job::Decision& decision) {
        using Choice = std::remove_reference_t<decltype(choice)>;
        for (int i = 0; i <= static_cast<int>(last); ++i) {
            choice = static_cast<Choice>(i);
            expect_round_trip(decision);
        }
    };
    job::Decision d = creation(1, 1);
    each(d.job.type, job::Type::UploadReply, d);
    each(d.job.priority, job::Priority::Low, d);
    each(d.job.network_cost.emplace(), job::NetworkCost::Unmetered, d);
    each(d.job.power_policy, job::PowerPolicy::AcOnly, d);
    each(d.job.http.redirect, job::RedirectPolicy::Disallow, d);
    each(d.job.http.proxy.mode, job::Proxy::Mode::Auto, d);
    each(d.files[0].validation, job::Validation::Invalid, d);
    auto& credentials = d.job.http.credentials.emplace_back();
    each(credentials.target, job::Credentials::Target::Proxy, d);
    each(credentials.scheme, job::Credentials::Scheme::Bearer, d);
}

TEST(RoundTrip, FileOfDefaults) {
    expect_round_trip(one_file(job::File{}));
}

TEST(RoundTrip, EveryFieldOfAFile) {
    auto file = full_file();
    file.failed = true;
    expect_round_trip(one_file(file));
}

TEST(RoundTrip, EveryKindOfChecksum) {
    using Kind = job::Checksum::Kind;
    for (auto [kind, digits] :
         {std::pair{Kind::Sha256, 64}, {Kind::Sha512, 128}, {Kind::Sha1, 40}, {Kind::Md5, 32}}) {
        job::File file = plain_file(0);
        file.spec.checksum = job::Checksum{kind, std::string(static_cast<size_t>(digits), '7')};
        expect_round_trip(one_file(file));
    }
}

TEST(RoundTrip, SizesAtTheEdges) {
    for (uint64_t size : {uint64_t{0}, uint64_t{1}, (uint64_t{1} << 63) - 1, uint64_t{1} << 63,
                          job::UnknownSize - 1, job::UnknownSize}) {
        job::File file = plain_file(0);
        file.spec.size = size;
        file.total = size;
        expect_round_trip(one_file(file));
    }
}

TEST(RoundTrip, UnknownSizesAreNullForWhoeverLooks) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    save_and_commit(store, creation(1, 1));
    EXPECT_EQ(
        ask(directory.database(), "SELECT count(*) FROM files WHERE expected_size IS NULL AND total IS NULL"),
        1);
}

TEST(RoundTrip, SavingAgainReplacesTheJobAndKeepsItsFilesAndNotices) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    job::Decision first = creation(1, 3);
    first.notifications = {{job::NotificationKind::FileTransferred, 2}};
    save_and_commit(store, first);

    job::Decision second;
    second.job = full_job();
    second.job.id = first.job.id;
    second.job.files_total = 3;
    second.files.emplace(1, full_file());
    second.job.files_transferred = second.job.files_removed = 1;
    save_and_commit(store, second);

    auto jobs = jobs_of(store);
    ASSERT_EQ(jobs.size(), 1u);
    EXPECT_EQ(jobs[0].job, second.job);
    EXPECT_EQ(jobs[0].files, (std::vector{first.files[0], second.files[1], first.files[2]}));
    EXPECT_EQ(outbox_of(store).size(), 1u);
}

TEST(RoundTrip, WhatGoesBackToItsDefaultIsGone) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    job::Decision first;
    first.job = full_job();
    first.job.files_total = first.job.files_transferred = first.job.files_removed = 1;
    first.files[0] = full_file();
    save_and_commit(store, first);
    auto rows = [&] {
        return ask(directory.database(),
                   "SELECT (SELECT count(*) FROM http) + (SELECT count(*) FROM credentials) * 10 + "
                   "(SELECT count(*) FROM details) * 100");
    };
    EXPECT_EQ(rows(), 131);

    job::Decision fewer = first;
    fewer.job.http.credentials.erase(fewer.job.http.credentials.begin());
    save_and_commit(store, fewer);
    EXPECT_EQ(jobs_of(store)[0].job, fewer.job);
    EXPECT_EQ(rows(), 121);

    job::Decision plain = creation(1, 1);
    plain.job.id = first.job.id;
    save_and_commit(store, plain);
    EXPECT_EQ(jobs_of(store)[0], (StoredJob{plain.job, {plain.files[0]}}));
    EXPECT_EQ(rows(), 0);
}

TEST(RoundTrip, JobsComeInTheOrderOfTheirCreation) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    for (unsigned number : {3u, 1u, 2u}) {
        job::Decision decision = creation(number, number);
        decision.job.created = WallTime{Usec{100 - number}};
        ASSERT_TRUE(store.save(decision));
    }
    auto jobs = jobs_of(store);
    ASSERT_EQ(jobs.size(), 3u);
    for (unsigned i = 0; i < 3; ++i) {
        EXPECT_EQ(jobs[i].job.id, id_of(3 - i));
        EXPECT_EQ(jobs[i].files.size(), 3 - i);
    }
}

TEST(RoundTrip, AChangedFileAmongTenThousandIsOneRow) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    save_and_commit(store, creation(1, 10000));

    run_sql(directory.database(),
            "CREATE TABLE touched (number INTEGER);"
            "CREATE TRIGGER note AFTER UPDATE ON files BEGIN INSERT INTO touched VALUES (NEW.number); END;"
            "CREATE TRIGGER note2 AFTER INSERT ON files BEGIN INSERT INTO touched VALUES (-1); END");
    job::Decision checkpoint;
    checkpoint.job = plain_job(1);
    checkpoint.files.emplace(4711, full_file());
    save_and_commit(store, checkpoint);

    EXPECT_EQ(ask(directory.database(), "SELECT count(*) FROM touched"), 1);
    EXPECT_EQ(ask(directory.database(), "SELECT number FROM touched"), 4711);
}

TEST(RoundTrip, ACheckpointDoesNotWriteAgainWhatSeldomChanges) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    job::Decision first;
    first.job = full_job();
    first.job.files_total = first.job.files_transferred = first.job.files_removed = 1;
    first.files[0] = full_file();
    save_and_commit(store, first);
    run_sql(directory.database(),
            "CREATE TABLE touched (what TEXT);"
            "CREATE TRIGGER h AFTER UPDATE ON http BEGIN INSERT INTO touched VALUES ('http'); END;"
            "CREATE TRIGGER c AFTER UPDATE ON credentials BEGIN INSERT INTO touched VALUES ('secret'); END;"
            "CREATE TRIGGER d AFTER UPDATE ON details BEGIN INSERT INTO touched VALUES ('details'); END");
    auto touched = [&] { return ask(directory.database(), "SELECT count(*) FROM touched"); };

    job::Decision checkpoint = first;
    checkpoint.files[0].offset = 1;
    save_and_commit(store, checkpoint);
    EXPECT_EQ(touched(), 0);
    checkpoint.files[0].filled = {{0, 6}};
    checkpoint.job.http.credentials[1].password = "another";
    save_and_commit(store, checkpoint);
    EXPECT_EQ(touched(), 2);
    auto jobs = jobs_of(store);
    EXPECT_EQ(jobs[0].job, checkpoint.job);
    EXPECT_EQ(jobs[0].files[0], checkpoint.files[0]);
}

TEST(RoundTrip, WhatCouldNotBeReadAgainIsNotWritten) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    auto refused = [&](const job::Decision& decision) {
        auto saved = store.save(decision);
        return !saved && saved.error().code == Errc::Store && !store.in_transaction();
    };
    job::Decision bad = creation(1);
    bad.job.id.hex = "../../etc/passwd";
    EXPECT_TRUE(refused(bad));

    bad = creation(1);
    bad.job.created = WallTime{Usec{-1}};
    EXPECT_TRUE(refused(bad));

    bad = creation(1);
    bad.job.no_progress_timeout = std::chrono::seconds{int64_t{1} << 32};
    EXPECT_TRUE(refused(bad));

    bad = creation(1, 1);
    bad.files[0].spec.checksum = job::Checksum{job::Checksum::Kind::Md5, "abc"};
    EXPECT_TRUE(refused(bad));

    bad = creation(1);
    bad.job.http.headers = {"X-Token: secret\nHost: elsewhere"};
    EXPECT_TRUE(refused(bad));

    bad = creation(1, 1);
    bad.files[0].spec.ranges = {{0, 0}};
    EXPECT_TRUE(refused(bad));

    bad = creation(1, 1);
    bad.files[0].filled = {{5, 5}, {0, 5}};
    EXPECT_TRUE(refused(bad));

    bad = creation(1, 1);
    bad.files[0].spec.mirrors = {"https://a/", ""};
    EXPECT_TRUE(refused(bad));

    bad = creation(1, 1);
    bad.files[0].source = 1; // there is none but the remote name
    EXPECT_TRUE(refused(bad));

    EXPECT_TRUE(jobs_of(store).empty());
}

TEST(Outbox, RowsGrowAndKeepTheirOrder) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    job::Decision a = creation(1, 1);
    a.job.owner = 1000;
    a.notifications = {{job::NotificationKind::FileTransferred, 0},
                       {job::NotificationKind::Transferred, job::NoFile}};
    job::Decision b = creation(2, 1);
    b.job.owner = 1001;
    b.notifications = {{job::NotificationKind::Error, 0}};

    auto of_a = store.save(a);
    auto of_b = store.save(b);
    ASSERT_TRUE(of_a && of_b);
    ASSERT_EQ(of_a->size(), 2u);
    ASSERT_EQ(of_b->size(), 1u);
    EXPECT_EQ((*of_a)[0], (OutboxRow{(*of_a)[0].row, a.job.id, 1000, a.notifications[0]}));
    EXPECT_LT((*of_a)[0].row, (*of_a)[1].row);
    EXPECT_LT((*of_a)[1].row, (*of_b)[0].row);
    EXPECT_EQ(outbox_of(store), (std::vector{(*of_a)[0], (*of_a)[1], (*of_b)[0]}));
}

TEST(Outbox, NumbersAreNotUsedTwice) {
    DatabaseDir directory;
    int64_t last = 0;
    for (int i = 0; i < 3; ++i) {
        Store store = open_quietly(directory);
        job::Decision d = creation(1, 1);
        d.notifications = {{job::NotificationKind::Error, 0}};
        auto rows = store.save(d);
        ASSERT_TRUE(rows);
        EXPECT_GT((*rows)[0].row, last);
        last = (*rows)[0].row;
        expect_done(store.acknowledge(last));
        expect_done(store.commit());
        EXPECT_TRUE(outbox_of(store).empty());
    }
}

TEST(Outbox, VoidedNoticesAreThoseOfTheJobAsAWhole) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    job::Decision other = creation(2, 1);
    other.notifications = {{job::NotificationKind::Error, 0}};
    save_and_commit(store, other);
    job::Decision first = creation(1, 1);
    first.notifications = {{job::NotificationKind::FileTransferred, 0},
                           {job::NotificationKind::Error, 0},
                           {job::NotificationKind::Transferred, job::NoFile}};
    save_and_commit(store, first);

    job::Decision second = creation(1);
    second.revoked.end = true;
    second.notifications = {{job::NotificationKind::Transferred, job::NoFile}};
    save_and_commit(store, second);

    std::vector<job::Notification> left;
    for (const auto& row : outbox_of(store))
        left.push_back(row.notification);
    EXPECT_EQ(left, (std::vector{other.notifications[0], first.notifications[0], second.notifications[0]}));
}

TEST(Outbox, LosesWhatIsSaidOfFilesThatAreNotThereOrNotWanted) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    job::Decision first = creation(1, 1);
    const job::Notification end{job::NotificationKind::Transferred, job::NoFile};
    const job::Notification kept{job::NotificationKind::FileTransferred, 0};
    first.notifications = {kept, {job::NotificationKind::FileTransferred, 1}, end};
    save_and_commit(store, first);
    auto left = [&] {
        std::vector<job::Notification> notifications;
        for (const auto& row : outbox_of(store))
            notifications.push_back(row.notification);
        return notifications;
    };
    job::Decision rejected = creation(1);
    rejected.revoked.files = {1};
    save_and_commit(store, rejected);
    EXPECT_EQ(left(), (std::vector{kept, end}));
    job::Decision unwanted = creation(1);
    unwanted.revoked.all_files = true;
    save_and_commit(store, unwanted);
    EXPECT_EQ(left(), (std::vector{end}));
}

TEST(Outbox, GoesWithItsJob) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    job::Decision d = creation(1, 2);
    d.job.http = full_http();
    d.files[1] = full_file();
    d.notifications = {{job::NotificationKind::Error, 0}};
    save_and_commit(store, d);
    expect_done(store.remove(d.job.id));
    expect_done(store.remove(id_of(77))); // never was: nothing to forget
    expect_done(store.acknowledge(4711));
    expect_done(store.commit());
    EXPECT_TRUE(jobs_of(store).empty());
    EXPECT_TRUE(outbox_of(store).empty());
    for (const char* table : {"files", "details", "http", "credentials"})
        EXPECT_EQ(ask(directory.database(), std::string{"SELECT count(*) FROM "} + table), 0) << table;
}

TEST(Secrets, AreNotInTheFileAnyMoreWhenTheJobIsGone) {
    DatabaseDir directory;
    const std::string secret = "correct horse battery staple";
    auto found = [&](const std::string& name) {
        return test::read_file(directory.path() + "/" + name).find(secret) != std::string::npos;
    };
    job::Decision d = creation(1, 1);
    d.job.http.credentials.emplace_back().password = secret;
    d.job.http.headers = {"Cookie: " + secret};
    {
        Store store = open_quietly(directory);
        save_and_commit(store, d);
    }
    EXPECT_TRUE(found("haulier.db"));
    {
        Store store = open_quietly(directory);
        expect_done(store.remove(d.job.id));
        expect_done(store.commit());
    }
    EXPECT_FALSE(found("haulier.db"));
    EXPECT_FALSE(found("haulier.db-wal"));
}

TEST(Launches, AreRememberedPerOwnerAndServiceUntilZero) {
    DatabaseDir directory;
    {
        Store store = open_quietly(directory);
        expect_done(store.set_launches({1000, "org.example.A", 1}));
        expect_done(store.set_launches({1001, "org.example.A", 4294967295}));
        expect_done(store.set_launches({1000, "org.example.B", 1}));
        expect_done(store.set_launches({1000, "org.example.A", 2}));
        expect_done(store.set_launches({1000, "org.example.B", 0}));
        expect_done(store.set_launches({1000, "org.example.C", 0}));
        expect_done(store.commit());
    }
    Store store = open_quietly(directory);
    auto launches = store.load_launches();
    ASSERT_TRUE(launches);
    EXPECT_EQ(*launches,
              (std::vector<Launches>{{1000, "org.example.A", 2}, {1001, "org.example.A", 4294967295}}));
}

TEST(Discards, AreRememberedUntilTheyAreDone) {
    DatabaseDir directory;
    Discard first{1000, "/srv/a", ".haulier-0-0.part", {MaxU64, MaxU64}, WallTime{Usec{5}}};
    Discard second{0, "/", ".haulier-1-0.part", {}, WallTime{Usec{6}}, "/root"};
    {
        auto store = open_quietly(directory);
        for (const auto& discard : {second, first, second})
            expect_done(store.add_discard(discard));
        expect_done(store.commit());
    }
    auto store = open_quietly(directory);
    EXPECT_EQ(*store.load_discards(), (std::vector<Discard>{first, second}));
    expect_done(store.forget_discard(first));
    expect_done(store.forget_discard(first));
    EXPECT_EQ(*store.load_discards(), std::vector<Discard>{second});
}

TEST(Rests, AreRememberedUntilTheirDate) {
    DatabaseDir directory;
    Rest early{{1000, "https://example.org:443"}, WallTime{Usec{5}}, {job::Cause::HttpStatus, 429, "busy"}};
    Rest late{{1001, "http://[::1]:80 via proxy:3128"}, WallTime{Usec{6}}, {job::Cause::HttpStatus, 503, ""}};
    {
        Store store = open_quietly(directory);
        for (const auto& rest : {late, early})
            expect_done(store.set_rest(rest));
        early.why.code = 503;
        expect_done(store.set_rest(early));
        expect_done(store.commit());
    }
    Store store = open_quietly(directory);
    auto rests = store.load_rests();
    ASSERT_TRUE(rests);
    EXPECT_EQ(*rests, (std::vector<Rest>{early, late}));
    expect_done(store.forget_rests(WallTime{Usec{5}}));
    EXPECT_EQ(*store.load_rests(), std::vector<Rest>{late});
}

TEST(Holds, AreKeptUntilTheyAreReleased) {
    DatabaseDir directory;
    Hold all{{}, WallTime{}};
    Hold amys{1000, WallTime{Usec{7}}};
    {
        Store store = open_quietly(directory);
        EXPECT_TRUE(store.load_holds()->empty());
        expect_done(store.set_hold({{}, WallTime{Usec{5}}}));
        for (const auto& hold : {amys, all})
            expect_done(store.set_hold(hold));
        expect_done(store.commit());
    }
    Store store = open_quietly(directory);
    EXPECT_EQ(*store.load_holds(), (std::vector<Hold>{all, amys}));
    expect_done(store.release_hold({}));
    expect_done(store.release_hold(1001));
    EXPECT_EQ(*store.load_holds(), std::vector<Hold>{amys});
}

TEST(Holds, EndOnlyWhenTheirDateHasCome) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    expect_done(store.set_hold({{}, WallTime{}}));
    expect_done(store.set_hold({1000, WallTime{Usec{7}}}));
    for (job::Scope scope : {job::Scope{}, job::Scope{1000}})
        expect_done(store.end_hold(scope, WallTime{Usec{6}}));
    EXPECT_EQ(store.load_holds()->size(), 2U);
    for (job::Scope scope : {job::Scope{}, job::Scope{1000}})
        expect_done(store.end_hold(scope, WallTime{Usec{7}}));
    EXPECT_EQ(*store.load_holds(), (std::vector<Hold>{{{}, WallTime{}}}));
}

TEST(UserLimits, AreKeptUntilThereIsNone) {
    DatabaseDir directory;
    {
        Store store = open_quietly(directory);
        EXPECT_TRUE(store.load_user_limits()->empty());
        for (const auto& limit : {UserLimit{1000, 5000}, UserLimit{1001, MaxU64}, UserLimit{1000, 6000}})
            expect_done(store.set_user_limit(limit));
        expect_done(store.commit());
    }
    Store store = open_quietly(directory);
    EXPECT_EQ(*store.load_user_limits(), (std::vector<UserLimit>{{1000, 6000}, {1001, MaxU64}}));
    expect_done(store.set_user_limit({1000, 0}));
    expect_done(store.set_user_limit({1002, 0}));
    EXPECT_EQ(*store.load_user_limits(), (std::vector<UserLimit>{{1001, MaxU64}}));
}

TEST(Place, DirectoryAndFilesAreTheOwnersAlone) {
    DatabaseDir parent;
    std::string directory = parent.path() + "/state/haulier";
    auto store = Store::open(directory);
    ASSERT_TRUE(store) << store.error().message;
    save_and_commit(*store, creation(1));
    auto mode_of = [](const std::string& path) {
        struct stat st {};
        EXPECT_EQ(stat(path.c_str(), &st), 0) << path;
        return st.st_mode & 07777;
    };
    EXPECT_EQ(mode_of(directory), 0700u);
    EXPECT_EQ(mode_of(directory + "/haulier.db"), 0600u);
    EXPECT_EQ(mode_of(directory + "/haulier.db-wal"), 0600u);
    EXPECT_FALSE(std::filesystem::exists(directory + "/haulier.db.new"));
}

TEST(Place, TooWideRightsAreTakenBack) {
    DatabaseDir directory;
    { open_quietly(directory); }
    ASSERT_EQ(chmod(directory.database().c_str(), 0666), 0);
    Store store = open_quietly(directory);
    EXPECT_EQ(std::filesystem::status(directory.database()).permissions(), std::filesystem::perms{0600});
}

TEST(Place, IsAnsweredByPragmas) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    Connection db;
    expect_done(db.open(directory.database()));
    EXPECT_EQ(*db.ask_integer("PRAGMA application_id"), 0x4861756c);
    EXPECT_EQ(*db.ask_integer("PRAGMA user_version"), static_cast<int64_t>(steps().size()));
    EXPECT_EQ(*db.ask_text("PRAGMA journal_mode"), "wal");
}

} // namespace haulier::store
