// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/transfer_orders.hpp"

#include <gtest/gtest.h>

namespace haulier::daemon {

namespace {

struct OrdersTest : testing::Test {
    job::Job job;
    std::vector<job::File> files;

    OrdersTest() {
        job.id = job::Id{std::string(32, 'a')};
        files.reserve(10); // so that what add() returns stays where it is
    }
    job::File& add(const std::string& remote = "http://example.org/f", const std::string& local = "/srv/f") {
        auto& file = files.emplace_back();
        file.spec.remote = remote;
        file.spec.local = local;
        job.files_total += 1;
        return file;
    }
    /// With the values that job and files have now.
    [[nodiscard]] JobRecord record() const { return {job, files}; }
};

TEST_F(OrdersTest, GoOnWhereThePlainFileEnded) {
    add().offset = 50;
    auto order = fetch_order(record(), 0);
    EXPECT_EQ(order.offset, 50U);
    EXPECT_EQ(order.segments, std::vector<job::Segment>{job::Segment{}});
    EXPECT_FALSE(order.sparse);
    EXPECT_FALSE(order.from_zero);
    EXPECT_EQ(order.size_limit, job::UnknownSize);
    auto transfer = transfer_of(record(), order, 7);
    EXPECT_EQ(transfer.moved, 50U);
    EXPECT_EQ(transfer.before, 0U);
}

/// Each order has the place outside the sandbox, and the root beneath which it is opened.
TEST_F(OrdersTest, OfConfinedJobsNameTheRoot) {
    using Access = job::Grant::Access;
    job.grants = {{"/run/user/1/doc", "/run/user/1/doc/by-app/a", Access::Write},
                  {"/home/a", "/home/a", Access::Write}};
    job.http.client_certificate = "/home/a/own/key.pem";
    job.type = job::Type::UploadReply;
    job.reply_file_name = "/home/a/reply";
    add("https://example.org/f", "/run/user/1/doc/x/f");
    const job::Place document{"/run/user/1/doc/by-app/a", "/run/user/1/doc/by-app/a/x"};
    const job::Place home{"/home/a", "/home/a"};
    EXPECT_EQ(fetch_order(record(), 0).place, document);
    EXPECT_EQ(fetch_order(record(), 0).options.client_certificate_root, "/home/a");
    EXPECT_EQ(fetch_order(record(), 0).options.http.client_certificate, "/home/a/own/key.pem");
    EXPECT_EQ(upload_order(record(), 0).place, document);
    EXPECT_EQ(upload_order(record(), 0).reply_place, home);
    EXPECT_EQ(publish_order(record(), 0).place, document);
    EXPECT_EQ(publish_reply_order(record()).place, home);
    EXPECT_EQ(leftovers(record(), true).front().root, "/home/a");
    job.type = job::Type::Download;
    EXPECT_EQ(leftovers(record(), true).front().directory, document.directory);
    EXPECT_EQ(leftovers(record(), true).front().root, document.root);
    job.grants->clear();
    EXPECT_EQ(fetch_order(record(), 0).place, (job::Place{"/", ""})) << "nothing may be opened";
    job.grants.reset();
    EXPECT_EQ(fetch_order(record(), 0).place, std::nullopt);
}

TEST_F(OrdersTest, BeginAtZeroWhereTheServerCannotGoOn) {
    add().offset = 50;
    job.dynamic_content = true;
    EXPECT_TRUE(fetch_order(record(), 0).from_zero);
    EXPECT_EQ(fetch_order(record(), 0).offset, 0U);
    job.dynamic_content = false;
    job.http.method = "POST";
    EXPECT_TRUE(fetch_order(record(), 0).from_zero);
}

TEST_F(OrdersTest, OnDemandAskForTheHolesAlone) {
    auto& file = add();
    file.total = 1000;
    file.wanted = {{0, 300}};
    file.filled = {{100, 50}};
    job.on_demand = true;
    auto before = record();
    EXPECT_TRUE(wants_transfer(before, 0));
    auto order = fetch_order(before, 0);
    EXPECT_EQ(order.segments, (std::vector<job::Segment>{{0, 100, 0}, {150, 150, 150}}));
    EXPECT_EQ(order.offset, 0U);
    EXPECT_TRUE(order.sparse);
    before.transfers[0] = transfer_of(before, order, 7);
    EXPECT_FALSE(wants_transfer(before, 0));
    before.transfers[0].moved = 30;
    EXPECT_EQ(transferred_of(before, 0), 80U);
    file.filled = {{0, 300}};
    EXPECT_FALSE(wants_transfer(record(), 0));
}

TEST_F(OrdersTest, OfAFileWithThousandsOfHolesAreServedInTurns) {
    auto& file = add();
    job.on_demand = true;
    file.total = 1U << 20;
    file.wanted = {{0, 1U << 20}};
    for (uint64_t i = 0; i < 5000; ++i)
        file.filled.edit().push_back({10 * i, 5});
    EXPECT_EQ(fetch_order(record(), 0).segments.size(), 1000U);
}

TEST_F(OrdersTest, LeaveAFileWhatTheOthersDoNotNeed) {
    add().total = 300;
    auto& unknown = add();
    unknown.offset = 100;
    add();
    EXPECT_EQ(size_limit(record(), 2), job::UnknownSize);
    job.maximum_download_size = 1000;
    EXPECT_EQ(size_limit(record(), 2), 600U);
    EXPECT_EQ(size_limit(record(), 1), 700U);
    files[0].total = 5000;
    EXPECT_EQ(size_limit(record(), 2), 0U);
}

TEST_F(OrdersTest, TellEachServerItsOwnCredentialsOnly) {
    auto& file = add("https://one.example/f");
    file.spec.mirrors = {"https://two.example/f"};
    job::Credentials own;
    own.user = "anna";
    own.only_for = "one.example:443";
    job.http.credentials = {own};
    EXPECT_EQ(fetch_order(record(), 0).options.http.credentials.size(), 1U);
    files[0].source = 1;
    EXPECT_TRUE(fetch_order(record(), 0).options.http.credentials.empty());
}

TEST_F(OrdersTest, OfAnUploadSayWhereTheReplyGoes) {
    add("http://example.org/f", "/home/x/photo").upload_url = "http://example.org/up/1";
    job.type = job::Type::Upload;
    EXPECT_TRUE(upload_order(record(), 0).reply_file.empty());
    EXPECT_TRUE(leftovers(record(), true).empty()) << "the source is the client's";
    EXPECT_TRUE(is_begun_upload(files[0]));

    job.type = job::Type::UploadReply;
    EXPECT_EQ(upload_order(record(), 0).reply_file, "/home/x/photo.reply");
    EXPECT_FALSE(has_reply(record()));
    files[0].inode = {1, 2};
    auto reply = publish_reply_order(record());
    EXPECT_EQ(reply.file.spec.local, "/home/x/photo.reply");
    EXPECT_EQ(reply.file.inode, (job::Inode{1, 2}));
    ASSERT_EQ(leftovers(record(), true).size(), 1U);
    EXPECT_EQ(leftovers(record(), true)[0].temporary, job::temporary_name(job.id, job::ReplyIndex));
}

TEST_F(OrdersTest, TellAServerThatWasNotChosenByTheClientNoSecrets) {
    auto& file = add("https://one.example/in");
    job::Credentials general;
    general.user = "anna";
    job.http.credentials = {general};
    job.http.headers = {"X-Token: 1"};
    file.upload_url = "https://one.example/in/7";
    EXPECT_EQ(abandon_order(record(), 0).options.http.headers.size(), 1U);
    EXPECT_EQ(abandon_order(record(), 0).options.http.credentials.size(), 1U);
    file.upload_url = "https://two.example/in/7";
    EXPECT_TRUE(abandon_order(record(), 0).options.http.headers.empty());
    EXPECT_TRUE(abandon_order(record(), 0).options.http.credentials.empty());
    EXPECT_EQ(fetch_order(record(), 0).options.http.headers.size(), 1U);
    file.redirected_cross_origin = true;
    EXPECT_TRUE(fetch_order(record(), 0).options.http.headers.empty());
    EXPECT_TRUE(fetch_order(record(), 0).options.http.credentials.empty());
}

TEST_F(OrdersTest, OfARenewedLinkHaveSecretsOnTheServerThatTheyWereMeantForOnly) {
    using Target = job::Credentials::Target;
    job.http.headers = {"Authorization: Bearer x", "Cookie: a=b"};
    job.http.client_certificate = "/key.pem";
    job.http.credentials = {{Target::Server, job::Credentials::Scheme::Basic, "me", "pw", ""},
                            {Target::Proxy, job::Credentials::Scheme::Basic, "p", "q", ""},
                            {Target::Server, job::Credentials::Scheme::Basic, "you", "2", "cdn.example:443"}};
    auto& file = add("https://example.org/f");
    file.secrets_for = "https://example.org:443";
    auto http = [&] { return fetch_order(record(), 0).options.http; };
    EXPECT_EQ(http().headers, job.http.headers);
    EXPECT_EQ(http().credentials.size(), 2U);
    file.spec.remote = "https://other.example/f";
    EXPECT_TRUE(http().headers.empty() && http().client_certificate.empty());
    ASSERT_EQ(http().credentials.size(), 1U);
    EXPECT_EQ(http().credentials[0].target, Target::Proxy);
    file.spec.remote = "https://cdn.example/f";
    EXPECT_TRUE(http().headers.empty());
    ASSERT_EQ(http().credentials.size(), 2U);
    EXPECT_EQ(http().credentials[1].user, "you") << "the client has given them for this server";
    file.spec.mirrors = {"https://mirror.example/f"};
    file.source = 1;
    EXPECT_EQ(http().headers, job.http.headers) << "the client has named the mirror itself";
}

TEST_F(OrdersTest, LeaveNothingOfADownload) {
    add().transferred = true;
    add();
    auto& done = add();
    done.transferred = done.completed = true;
    EXPECT_EQ(leftovers(record(), true).size(), 2U);
    EXPECT_EQ(leftovers(record(), false).size(), 1U);
}

} // namespace

} // namespace haulier::daemon
