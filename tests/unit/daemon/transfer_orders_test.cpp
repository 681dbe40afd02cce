// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/transfer_orders.hpp"

#include <gtest/gtest.h>

namespace haulier::daemon {

namespace {

struct OrdersTest : testing::Test {
    JobRecord entry;

    OrdersTest() { entry.job.id = job::Id{std::string(32, 'a')}; }
    job::File& add(const std::string& remote = "http://example.org/f", const std::string& local = "/srv/f") {
        auto& file = entry.files.emplace_back();
        file.spec.remote = remote;
        file.spec.local = local;
        entry.job.files_total += 1;
        return file;
    }
};

TEST_F(OrdersTest, GoOnWhereThePlainFileEnded) {
    add().offset = 50;
    auto order = fetch_order(entry, 0);
    EXPECT_EQ(order.offset, 50U);
    EXPECT_EQ(order.segments, std::vector<job::Segment>{job::Segment{}});
    EXPECT_FALSE(order.sparse);
    EXPECT_FALSE(order.from_zero);
    EXPECT_EQ(order.size_limit, job::UnknownSize);
    auto transfer = transfer_of(entry, order, 7);
    EXPECT_EQ(transfer.moved, 50U);
    EXPECT_EQ(transfer.before, 0U);
}

TEST_F(OrdersTest, BeginAtZeroWhereTheServerCannotGoOn) {
    add().offset = 50;
    entry.job.dynamic_content = true;
    EXPECT_TRUE(fetch_order(entry, 0).from_zero);
    EXPECT_EQ(fetch_order(entry, 0).offset, 0U);
    entry.job.dynamic_content = false;
    entry.job.http.method = "POST";
    EXPECT_TRUE(fetch_order(entry, 0).from_zero);
}

TEST_F(OrdersTest, OnDemandAskForTheHolesAlone) {
    auto& file = add();
    file.total = 1000;
    file.wanted = {{0, 300}};
    file.filled = {{100, 50}};
    entry.job.on_demand = true;
    EXPECT_TRUE(wants_transfer(entry, 0));
    auto order = fetch_order(entry, 0);
    EXPECT_EQ(order.segments, (std::vector<job::Segment>{{0, 100, 0}, {150, 150, 150}}));
    EXPECT_EQ(order.offset, 0U);
    EXPECT_TRUE(order.sparse);
    entry.transfers[0] = transfer_of(entry, order, 7);
    EXPECT_FALSE(wants_transfer(entry, 0));
    entry.transfers[0].moved = 30;
    EXPECT_EQ(transferred_of(entry, 0), 80U);
    entry.transfers.clear();
    entry.files[0].filled = {{0, 300}};
    EXPECT_FALSE(wants_transfer(entry, 0));
}

TEST_F(OrdersTest, OfAFileWithThousandsOfHolesAreServedInTurns) {
    auto& file = add();
    entry.job.on_demand = true;
    file.total = 1U << 20;
    file.wanted = {{0, 1U << 20}};
    for (uint64_t i = 0; i < 5000; ++i)
        file.filled.push_back({10 * i, 5});
    EXPECT_EQ(fetch_order(entry, 0).segments.size(), 1000U);
}

TEST_F(OrdersTest, LeaveAFileWhatTheOthersDoNotNeed) {
    add().total = 300;
    auto& unknown = add();
    unknown.offset = 100;
    add();
    EXPECT_EQ(size_limit(entry, 2), job::UnknownSize);
    entry.job.maximum_download_size = 1000;
    EXPECT_EQ(size_limit(entry, 2), 600U);
    EXPECT_EQ(size_limit(entry, 1), 700U);
    entry.files[0].total = 5000;
    EXPECT_EQ(size_limit(entry, 2), 0U);
}

TEST_F(OrdersTest, TellEachServerItsOwnCredentialsOnly) {
    auto& file = add("https://one.example/f");
    file.spec.mirrors = {"https://two.example/f"};
    job::Credentials own;
    own.user = "anna";
    own.only_for = "one.example:443";
    entry.job.http.credentials = {own};
    EXPECT_EQ(fetch_order(entry, 0).options.http.credentials.size(), 1U);
    entry.files[0].source = 1;
    EXPECT_TRUE(fetch_order(entry, 0).options.http.credentials.empty());
}

TEST_F(OrdersTest, OfAnUploadSayWhereTheReplyGoes) {
    add("http://example.org/f", "/home/x/photo").upload_url = "http://example.org/up/1";
    entry.job.type = job::Type::Upload;
    EXPECT_TRUE(upload_order(entry, 0).reply_file.empty());
    EXPECT_TRUE(leftovers(entry, true).empty()) << "the source is the client's";
    EXPECT_TRUE(is_begun_upload(entry.files[0]));

    entry.job.type = job::Type::UploadReply;
    EXPECT_EQ(upload_order(entry, 0).reply_file, "/home/x/photo.reply");
    EXPECT_FALSE(has_reply(entry));
    entry.files[0].inode = {1, 2};
    auto reply = publish_reply_order(entry);
    EXPECT_EQ(reply.file.spec.local, "/home/x/photo.reply");
    EXPECT_EQ(reply.file.inode, (job::Inode{1, 2}));
    ASSERT_EQ(leftovers(entry, true).size(), 1U);
    EXPECT_EQ(leftovers(entry, true)[0].temporary, job::temporary_name(entry.job.id, job::ReplyIndex));
}

TEST_F(OrdersTest, TellAServerThatWasNotChosenByTheClientNoSecrets) {
    auto& file = add("https://one.example/in");
    job::Credentials general;
    general.user = "anna";
    entry.job.http.credentials = {general};
    entry.job.http.headers = {"X-Token: 1"};
    file.upload_url = "https://one.example/in/7";
    EXPECT_EQ(abandon_order(entry, 0).options.http.headers.size(), 1U);
    EXPECT_EQ(abandon_order(entry, 0).options.http.credentials.size(), 1U);
    file.upload_url = "https://two.example/in/7";
    EXPECT_TRUE(abandon_order(entry, 0).options.http.headers.empty());
    EXPECT_TRUE(abandon_order(entry, 0).options.http.credentials.empty());
    EXPECT_EQ(fetch_order(entry, 0).options.http.headers.size(), 1U);
    file.redirected_cross_origin = true;
    EXPECT_TRUE(fetch_order(entry, 0).options.http.headers.empty());
    EXPECT_TRUE(fetch_order(entry, 0).options.http.credentials.empty());
}

TEST_F(OrdersTest, LeaveNothingOfADownload) {
    add().transferred = true;
    add();
    auto& done = add();
    done.transferred = done.completed = true;
    EXPECT_EQ(leftovers(entry, true).size(), 2U);
    EXPECT_EQ(leftovers(entry, false).size(), 1U);
}

TEST_F(OrdersTest, ArrivalsAreWhatIsNewOfAFile) {
    add().filled = {{0, 10}};
    auto after = entry.files[0];
    after.filled = {{0, 25}};
    after.transferred = true;
    after.spec.remote = "http://127.0.0.1/f";
    entry.needs_network = true;
    auto news = adopt_files(entry, {{0, after}});
    EXPECT_EQ(news.files, std::vector<uint32_t>{0});
    EXPECT_EQ(news.ranges[0], (std::vector<job::Range>{{10, 15}}));
    EXPECT_FALSE(entry.needs_network);
    EXPECT_TRUE(adopt_files(entry, {{0, after}}).files.empty()) << "told once";
    job::File mirrored;
    mirrored.spec.remote = "http://localhost/f";
    mirrored.spec.mirrors = {"http://example.org/f"};
    adopt_files(entry, {{1, mirrored}});
    EXPECT_TRUE(entry.needs_network);
}

} // namespace

} // namespace haulier::daemon
