// SPDX-License-Identifier: LGPL-2.1-or-later
// Files that arrive: whole, in parts, after a halt and after a crash.
#include "transfer_samples.hpp"
#include "worker_fixture.hpp"

#include <fcntl.h>
#include <sys/file.h>

namespace haulier::transfer {
namespace {

using FetchTest = WorkerFixture;

TEST_F(FetchTest, AFreshFile) {
    FileServer server{file};
    fetch(order(server.url()));
    auto start = begun();
    EXPECT_EQ(start.offset(), 0u);
    EXPECT_FALSE(start.restarted());
    auto done = fetched();
    EXPECT_EQ(done.size(), Size);
    EXPECT_EQ(done.identity().etag(), "\"one\"");
    EXPECT_EQ(done.identity().last_modified(), file.last_modified);
    EXPECT_TRUE(done.identity().date_is_strong());
    EXPECT_EQ(done.identity().size(), Size);
    EXPECT_TRUE(directory.read(Part) == file.content);
    struct stat st {};
    ASSERT_EQ(stat(directory.at(Part).c_str(), &st), 0);
    EXPECT_EQ(done.inode().number(), st.st_ino);

    auto request = server.requests().at(0);
    EXPECT_EQ(request.field("accept-encoding"), "identity");
    EXPECT_TRUE(request.field("user-agent").starts_with("haulier/"));
    EXPECT_EQ(request.field("range"), "");
    EXPECT_EQ(request.field("if-range"), "");
}

TEST_F(FetchTest, CheckpointsComeInOrderAndNotTooSeldom) {
    FileServer server{file};
    fetch(order(server.url()));
    begun();
    fetched();
    uint64_t last = 0;
    for (const auto& checkpoint : checkpoints) {
        EXPECT_GT(checkpoint.offset(), last);
        EXPECT_LE(checkpoint.offset() - last, settings.checkpoint_bytes() + CURL_MAX_WRITE_SIZE);
        EXPECT_EQ(checkpoint.identity().etag(), "\"one\"");
        last = checkpoint.offset();
    }
    EXPECT_EQ(last, Size);
}

TEST_F(FetchTest, TimeMakesACheckpointToo) {
    settings.set_checkpoint_bytes(1 << 30);
    settings.set_checkpoint_ms(1);
    start();
    auto slow = file;
    slow.stop_at = Half;
    FileServer server{slow};
    fetch(order(server.url()));
    begun();
    uint64_t durable = 0;
    while (durable < Half && !HasFailure())
        durable = next(wire::FromWorker::kCheckpoint).checkpoint().offset();
    EXPECT_EQ(durable, Half) << "though the server is silent";
}

TEST_F(FetchTest, HaltedAndResumed) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    fetch(resumed(server.url()));
    auto start = begun();
    EXPECT_EQ(start.offset(), Half);
    EXPECT_FALSE(start.restarted());
    expect_arrival(file.content);
    auto request = server.requests().at(1);
    EXPECT_EQ(request.field("range"), "bytes=300000-");
    EXPECT_EQ(request.field("if-range"), "\"one\"");
}

TEST_F(FetchTest, KilledAndResumedFromTheLastCheckpoint) {
    auto slow = file;
    slow.stop_at = Half;
    FileServer server{slow};
    fetch(order(server.url()));
    wait_for_bytes(Half);
    start();
    ASSERT_FALSE(checkpoints.empty());
    auto offset = checkpoints.back().offset();
    EXPECT_GE(offset + settings.checkpoint_bytes() + CURL_MAX_WRITE_SIZE, Half);
    server.change(file);
    fetch(resumed(server.url()));
    EXPECT_EQ(begun().offset(), offset);
    expect_arrival(file.content);
}

TEST_F(FetchTest, WhatIsBeyondTheCheckpointIsNotTrusted) {
    FileServer server{file};
    directory.write(Part, file.content.substr(0, 1000) + std::string(Size * 2, 'x'));
    checkpoints.emplace_back();
    checkpoints.back().set_offset(1000);
    checkpoints.back().mutable_identity()->set_etag("\"one\"");
    fetch(resumed(server.url()));
    EXPECT_EQ(begun().offset(), 1000u);
    expect_arrival(file.content);
}

TEST_F(FetchTest, AFileThatIsShorterThanTheCheckpointIsFetchedAgain) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    std::filesystem::resize_file(directory.at(Part), Half - 1);
    fetch(resumed(server.url()));
    auto start = begun();
    EXPECT_EQ(start.offset(), 0u);
    EXPECT_TRUE(start.restarted());
    proceed();
    expect_arrival(file.content);
    EXPECT_EQ(server.requests().at(1).field("range"), "");
}

TEST_F(FetchTest, WhenAllBytesAreHereNobodyIsAsked) {
    FileServer server{file};
    fetch(order(server.url()));
    begun();
    fetched();
    start();
    auto again = resumed(server.url());
    again.mutable_digest()->set_kind(wire::Digest::SHA256);
    again.mutable_digest()->set_hex(sha256(file.content));
    fetch(again);
    EXPECT_EQ(begun().offset(), Size);
    expect_arrival(file.content);
    EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(FetchTest, AnEmptyFile) {
    FileServer server{{.content = ""}};
    fetch(order(server.url()));
    EXPECT_EQ(begun().identity().size(), 0u);
    expect_arrival("");
}

TEST_F(FetchTest, AnEmptyFileInPlaceOfALongOne) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    server.change({.content = "", .etag = "\"two\""});
    fetch(resumed(server.url()));
    EXPECT_TRUE(begun().restarted());
    settle();
    EXPECT_EQ(directory.read(Part).size(), Half) << "not before Proceed";
    proceed();
    expect_arrival("");
}

TEST_F(FetchTest, WithoutASize) {
    for (bool chunked : {true, false}) {
        auto unsized = file;
        unsized.chunked = chunked;
        unsized.by_close = !chunked;
        FileServer server{unsized};
        fetch(order(server.url()));
        EXPECT_FALSE(begun().identity().size_known());
        expect_arrival(file.content);
    }
}

TEST_F(FetchTest, AServerThatGivesAPieceAtATime) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    auto piecemeal = file;
    piecemeal.most = 100'000;
    server.change(piecemeal);
    fetch(resumed(server.url()));
    EXPECT_EQ(begun().offset(), Half);
    expect_arrival(file.content);
    EXPECT_EQ(server.requests().size(), 4u);
    EXPECT_EQ(server.requests().at(3).field("range"), "bytes=500000-");
}

TEST_F(FetchTest, ADigestThatFits) {
    FileServer server{file};
    auto verified = order(server.url());
    verified.mutable_digest()->set_kind(wire::Digest::SHA256);
    verified.mutable_digest()->set_hex(sha256(file.content));
    half_a_file(server, file, verified);
    start(); // what was hashed is forgotten
    auto again = resumed(server.url());
    *again.mutable_digest() = verified.digest();
    fetch(again);
    EXPECT_EQ(begun().offset(), Half);
    expect_arrival(file.content);
}

TEST_F(FetchTest, ADigestThatDoesNotFit) {
    FileServer server{file};
    auto verified = order(server.url());
    verified.mutable_digest()->set_kind(wire::Digest::SHA256);
    verified.mutable_digest()->set_hex(sha256("something else"));
    fetch(verified);
    begun();
    auto failure = failed();
    EXPECT_EQ(failure.cause(), wire::CHECKSUM_MISMATCH);
    EXPECT_TRUE(failure.void_offset());
}

TEST_F(FetchTest, AFileThatAnotherProcessStillHolds) {
    FileServer server{file};
    Fd holder{open(directory.at(Part).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    ASSERT_EQ(flock(holder.get(), LOCK_EX), 0);
    fetch(order(server.url()));
    settle();
    EXPECT_EQ(server.requests().size(), 0u);
    holder.reset();
    begun();
    expect_arrival(file.content);
}

TEST_F(FetchTest, RedirectsAreFollowedAndTheirHeadersForgotten) {
    FileServer target{file};
    test::HttpServer server{[&](const test::HttpRequest& request, test::HttpConnection& connection) {
        bool last = request.path == "/10";
        auto next = last ? target.url() : "/" + std::to_string(std::stoi(request.path.substr(1)) + 1);
        connection.send("HTTP/1.1 302 Found\r\nETag: \"hop\"\r\nContent-Length: 5\r\nLocation: " + next +
                        "\r\n\r\nmoved");
    }};
    fetch(order(server.url("/1")));
    EXPECT_EQ(begun().identity().etag(), "\"one\"");
    expect_arrival(file.content);
}

/// No response is given before all have been requested.
TEST_F(FetchTest, SeveralFilesAreInFlightAtOnce) {
    test::Gate gate;
    test::HttpServer server{[&](const auto&, auto& connection) {
        connection.wait(gate);
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }};
    for (uint64_t ticket : {1, 2, 3}) {
        auto one = order(server.url("/"));
        one.set_ticket(ticket);
        one.set_temporary(".haulier-test-" + std::to_string(ticket) + ".part");
        fetch(one);
    }
    EXPECT_TRUE(turn_until([&] { return server.requests().size() == 3; }));
    gate.open();
    expect_all_fetched(3);
}

TEST_F(FetchTest, ManyFilesAtOnceOverFewConnections) {
    constexpr uint64_t files = 40;
    settings.set_checkpoint_bytes(1 << 20);
    settings.set_connections_per_host(2);
    settings.set_connect_timeout_s(1);
    start();
    FileServer server{file};
    for (uint64_t ticket = 1; ticket <= files; ++ticket) {
        auto one = order(server.url());
        one.set_ticket(ticket);
        one.set_temporary(".haulier-test-" + std::to_string(ticket) + ".part");
        fetch(one);
    }
    expect_all_fetched(files);
    for (uint64_t ticket = 1; ticket <= files; ++ticket)
        EXPECT_TRUE(directory.read(".haulier-test-" + std::to_string(ticket) + ".part") == file.content)
            << ticket;
}

} // namespace
} // namespace haulier::transfer
