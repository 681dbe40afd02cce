// SPDX-License-Identifier: LGPL-2.1-or-later
// Files that are fetched over several connections, or from several sources at a time.
#include "transfer/hasher.hpp"
#include "worker_fixture.hpp"

#include <array>
#include <atomic>
#include <fmt/core.h>
#include <functional>
#include <utility>

namespace haulier::transfer {
namespace {

constexpr size_t PieceMebi = 1024 * 1024;
constexpr size_t PiecesSize = 8 * PieceMebi;

const std::string& large_content(unsigned seed = 1) {
    static const std::string one = content_of(PiecesSize, 1);
    static const std::string two = content_of(PiecesSize, 2);
    return seed == 1 ? one : two;
}

/// The answer to one request.
struct Answer {
    int status = 206;
    size_t from = 0;
    size_t end = PiecesSize;
    unsigned seed = 1; ///< of the content
    std::string etag = "\"one\"";

    [[nodiscard]] std::string head() const {
        auto range =
            status == 206 ? fmt::format("Content-Range: bytes {}-{}/{}\r\n", from, end - 1, PiecesSize) : "";
        auto etag_line = etag.empty() ? "" : fmt::format("ETag: {}\r\n", etag);
        auto length = status >= 400 ? 0 : end - from;
        return fmt::format("HTTP/1.1 {} X\r\n{}{}Content-Length: {}\r\n\r\n", status, range, etag_line,
                           length);
    }
    [[nodiscard]] std::string body() const { return large_content(seed).substr(from, end - from); }
    void send(test::HttpConnection& connection) const {
        connection.send(head());
        if (status < 400) connection.send(body());
    }
    /// The head and so many bytes of the body.
    void begin(test::HttpConnection& connection, size_t count) const {
        connection.send(head());
        connection.send(body().substr(0, count));
    }
};

/// What a request asks for; nothing of `from` and `end` is outside the file.
Answer asked(const test::HttpRequest& request) {
    auto range = request.field("range");
    if (range.empty()) return {.status = 200};
    auto from = std::stoul(range.substr(6));
    auto last = range.substr(range.find('-') + 1);
    return {.from = from, .end = last.empty() ? PiecesSize : std::stoul(last) + 1};
}

class PiecesTest : public WorkerFixture {
protected:
    using Handler = std::function<void(const Answer&, test::HttpConnection&)>;

    PiecesTest() {
        settings.set_checkpoint_bytes(2 * PieceMebi);
        start();
    }

    /// The whole file: its first mebibyte, and the rest when the gate is open. Ranges as the test says.
    test::HttpServer::Handler gated(Handler on_range) {
        return [this, on_range](const test::HttpRequest& request, test::HttpConnection& connection) {
            auto part = asked(request);
            if (part.status == 206) return on_range(part, connection);
            part.begin(connection, PieceMebi);
            connection.wait(gate);
            connection.send(part.body().substr(PieceMebi));
        };
    }
    static test::HttpServer::Handler whatever_is_asked(unsigned seed = 1,
                                                       const std::string& etag = "\"one\"") {
        return [=](const test::HttpRequest& request, test::HttpConnection& connection) {
            auto part = asked(request);
            part.seed = seed;
            part.etag = etag;
            part.send(connection);
        };
    }

    wire::Fetch split(const test::HttpServer& server, uint32_t connections = 3) const {
        auto fetch = order(server.url("/file"));
        fetch.set_connections(connections);
        return fetch;
    }
    static void add_digest(wire::Fetch& fetch) {
        auto hasher = Hasher::make(wire::Digest::SHA256);
        hasher->update(large_content());
        fetch.mutable_digest()->set_kind(wire::Digest::SHA256);
        fetch.mutable_digest()->set_hex(hasher->hex());
    }
    /// So many bytes of the file with the ETag "one" are durable.
    static void resume_at(wire::Fetch& fetch, uint64_t offset) {
        fetch.set_offset(offset);
        fetch.mutable_identity()->set_etag("\"one\"");
        fetch.mutable_identity()->set_size_known(true);
        fetch.mutable_identity()->set_size(PiecesSize);
    }
    /// The first MiB and the third are durable.
    static void resume_in_two_pieces(wire::Fetch& fetch) {
        resume_at(fetch, 2 * PieceMebi);
        for (uint64_t at : {uint64_t{0}, uint64_t{2 * PieceMebi}}) {
            auto* piece = fetch.add_pieces();
            piece->set_begin(at);
            piece->set_end(at + PieceMebi);
        }
    }
    /// As the daemon orders it after it has stored the last checkpoint.
    wire::Fetch with_pieces(wire::Fetch fetch) const {
        const auto& last = checkpoints.back();
        fetch.set_offset(last.offset());
        *fetch.mutable_identity() = last.identity();
        *fetch.mutable_pieces() = last.pieces();
        return fetch;
    }
    /// The file arrives without a restart.
    void expect_straight_arrival() {
        EXPECT_FALSE(begun().restarted());
        expect_arrival(large_content());
    }
    static uint64_t count_asked(const std::vector<test::HttpRequest>& requests) {
        uint64_t sum = 0;
        for (const auto& request : requests)
            sum += asked(request).end - asked(request).from;
        return sum;
    }

    test::Gate gate;
    std::atomic<int> ranges = 0;
};

TEST_F(PiecesTest, SeveralConnectionsFetchOneFile) {
    test::HttpServer server{gated([this](const Answer& part, auto& connection) {
        if (++ranges == 2) gate.open();
        part.send(connection);
    })};
    auto fetch_order = split(server);
    add_digest(fetch_order);
    fetch(fetch_order);
    expect_straight_arrival();
    auto requests = server.requests();
    ASSERT_GE(requests.size(), 3u);
    EXPECT_EQ(requests[0].field("range"), "");
    EXPECT_EQ(requests[1].field("range"),
              fmt::format("bytes={}-{}", asked(requests[1]).from, PiecesSize - 1));
    EXPECT_GT(asked(requests[1]).from, 3 * PieceMebi);
    EXPECT_NE(asked(requests[2]).from, asked(requests[1]).from);
}

TEST_F(PiecesTest, ASmallerFileIsFetchedOverOne) {
    test::HttpServer server{whatever_is_asked()};
    auto fetch_order = split(server);
    fetch_order.set_split_from(PiecesSize + 1);
    fetch(fetch_order);
    expect_straight_arrival();
    EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(PiecesTest, WithoutAProofOfTheVersionThereIsOneConnection) {
    test::HttpServer server{whatever_is_asked(1, "")};
    fetch(split(server));
    expect_straight_arrival();
    EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(PiecesTest, AServerThatRefusesGetsOneAndThatIsRemembered) {
    for (int status : {503, 429, 403, 200}) {
        ranges = 0;
        test::Gate open;
        gate = std::move(open);
        test::HttpServer server{gated([&](Answer part, auto& connection) {
            ++ranges;
            if (status == 200) part.from = 0;
            part.status = status;
            connection.send(part.head());
            gate.open();
        })};
        auto first = split(server, 2);
        fetch(first);
        expect_straight_arrival();
        EXPECT_EQ(ranges, 1) << status;
        auto second = split(server, 2);
        second.set_ticket(Ticket + 1);
        second.set_temporary(".haulier-test-1.part");
        fetch(second);
        EXPECT_FALSE(begun().restarted());
        EXPECT_EQ(fetched().size(), PiecesSize);
        EXPECT_EQ(ranges, 1) << status;
    }
}

TEST_F(PiecesTest, WhatIsNoRefusalIsNotRemembered) {
    for (int status : {401, 404, 410, 0}) {
        std::array<test::Gate, 2> gates;
        std::array<std::atomic<int>, 2> asked_for_parts{};
        std::atomic<size_t> round = 0;
        test::HttpServer server{[&](const test::HttpRequest& request, test::HttpConnection& connection) {
            auto now = round.load();
            auto part = asked(request);
            if (part.status == 200) {
                part.begin(connection, PieceMebi);
                connection.wait(gates.at(now));
                return connection.send(part.body().substr(PieceMebi));
            }
            part.status = status;
            auto count = ++asked_for_parts.at(now);
            if (status > 0)
                connection.send(part.head());
            else
                connection.reset();
            if (status > 0 || count == 3) gates.at(now).open();
        }};
        for (; round < gates.size(); ++round) {
            auto order = split(server, 2);
            order.set_ticket(Ticket + round);
            order.set_temporary(fmt::format(".haulier-test-{}.part", round.load()));
            fetch(order);
            EXPECT_FALSE(begun().restarted());
            EXPECT_EQ(fetched().size(), PiecesSize);
            EXPECT_GE(asked_for_parts.at(round), 1) << status;
        }
    }
}

TEST_F(PiecesTest, PartsOfAnotherVersionAreNotTaken) {
    test::HttpServer server{gated([this](Answer part, auto& connection) {
        ++ranges;
        part.seed = 2;
        part.etag = "\"two\"";
        part.send(connection);
        gate.open();
    })};
    fetch(split(server, 2));
    expect_straight_arrival();
    EXPECT_EQ(ranges, 1);
}

TEST_F(PiecesTest, AConnectionThatBreaksLosesOnlyItsRest) {
    test::HttpServer server{gated([this](const Answer& part, auto& connection) {
        if (++ranges > 1) return part.send(connection);
        part.begin(connection, 64 * 1024);
        connection.reset();
        gate.open();
    })};
    fetch(split(server, 2));
    expect_straight_arrival();
}

TEST_F(PiecesTest, WhatTheFirstConnectionLosesIsFetchedByOthers) {
    test::Gate lost;
    test::HttpServer server{[&](const test::HttpRequest& request, test::HttpConnection& connection) {
        auto part = asked(request);
        if (part.status == 206) {
            gate.open();
            connection.wait(lost);
            return part.send(connection);
        }
        part.begin(connection, PieceMebi);
        connection.wait(gate);
        connection.reset();
        lost.open();
    }};
    fetch(split(server, 2));
    expect_straight_arrival();
}

TEST_F(PiecesTest, AMirrorHelpsIfTheChecksumProvesTheWhole) {
    test::HttpServer mirror{[this](const test::HttpRequest& request, test::HttpConnection& connection) {
        ++ranges;
        auto part = asked(request);
        part.etag = "\"of the mirror\"";
        part.send(connection);
        gate.open();
    }};
    test::HttpServer server{gated([](const Answer& part, auto& connection) { part.send(connection); })};
    auto fetch_order = split(server, 2);
    add_digest(fetch_order);
    fetch_order.add_mirrors()->set_url(mirror.url("/file"));
    fetch(fetch_order);
    expect_straight_arrival();
    EXPECT_GE(ranges, 1);
}

TEST_F(PiecesTest, WithoutAChecksumAMirrorNeedsTheSameValidator) {
    test::HttpServer same{whatever_is_asked()};
    test::HttpServer different{[this](const test::HttpRequest& request, test::HttpConnection& connection) {
        auto part = asked(request);
        part.seed = 2;
        part.etag = "\"two\"";
        part.send(connection);
        if (++ranges == 1) gate.open();
    }};
    test::HttpServer server{gated([](const Answer& part, auto& connection) { part.send(connection); })};
    auto fetch_order = split(server);
    fetch_order.add_mirrors()->set_url(same.url("/file"));
    fetch_order.add_mirrors()->set_url(different.url("/file"));
    fetch(fetch_order);
    expect_straight_arrival();
    EXPECT_GE(same.requests().size(), 1u);
    EXPECT_EQ(ranges, 1) << "it is not asked again";
}

TEST_F(PiecesTest, AfterAWrongChecksumOneSourceIsUsed) {
    test::HttpServer mirror{[this](const test::HttpRequest& request, test::HttpConnection& connection) {
        ++ranges;
        auto part = asked(request);
        part.seed = 2;
        part.send(connection);
        gate.open();
    }};
    test::HttpServer server{gated([](const Answer& part, auto& connection) { part.send(connection); })};
    auto fetch_order = split(server, 2);
    add_digest(fetch_order);
    fetch_order.add_mirrors()->set_url(mirror.url("/file"));
    fetch(fetch_order);
    EXPECT_FALSE(begun().restarted());
    EXPECT_TRUE(begun().restarted());
    auto before = ranges.load();
    proceed();
    expect_arrival(large_content());
    EXPECT_EQ(ranges, before);
}

/// The server has no validators, and its file changes between two requests.
TEST_F(PiecesTest, AfterAWrongChecksumOneConnectionIsUsed) {
    std::atomic<bool> is_mixed = true;
    test::HttpServer server{[&](const test::HttpRequest& request, test::HttpConnection& connection) {
        auto part = asked(request);
        part.etag = "";
        if (part.status == 200 && is_mixed) {
            part.begin(connection, PieceMebi);
            connection.wait(gate);
            return connection.send(part.body().substr(PieceMebi));
        }
        if (part.status == 206) {
            ++ranges;
            part.seed = 2;
            is_mixed = false;
        }
        part.send(connection);
        gate.open();
    }};
    auto fetch_order = split(server, 2);
    add_digest(fetch_order);
    fetch(fetch_order);
    EXPECT_FALSE(begun().restarted());
    EXPECT_TRUE(begun().restarted());
    auto before = ranges.load();
    proceed();
    expect_arrival(large_content());
    EXPECT_GE(before, 1);
    EXPECT_EQ(ranges, before);
}

/// The order lists no mirrors, because all others are out of the question by now, but an earlier one did.
TEST_F(PiecesTest, WhatAMirrorSentEarlierIsNotBlamedOnTheServer) {
    test::HttpServer server{whatever_is_asked()};
    directory.write(Part, large_content(2).substr(0, PieceMebi));
    auto fetch_order = order(server.url("/file"));
    add_digest(fetch_order);
    fetch_order.set_may_be_mixed(true);
    resume_at(fetch_order, PieceMebi);
    fetch(fetch_order);
    EXPECT_EQ(begun().offset(), PieceMebi);
    EXPECT_TRUE(begun().restarted());
    proceed();
    expect_arrival(large_content());
}

/// The first connection stays at 1 PieceMebi, the second at 64 KiB of its piece, and the third fetches all of
/// it.
TEST_F(PiecesTest, AfterAKillOnlyTheHolesAreFetched) {
    std::atomic<bool> complete = false;
    auto served = [&](const Answer& part, test::HttpConnection& connection) {
        if (complete || ++ranges == 2) return part.send(connection);
        part.begin(connection, 64 * 1024);
        connection.wait_for_client_to_leave();
    };
    test::HttpServer server{gated(served)};
    auto fetch_order = split(server);
    add_digest(fetch_order);
    settings.set_checkpoint_bytes(512 * 1024);
    start();
    fetch(fetch_order);
    bool durable = turn_until([&] {
        for (; !inbox.empty(); inbox.pop_front())
            if (inbox.front().has_checkpoint()) checkpoints.push_back(inbox.front().checkpoint());
        return !checkpoints.empty() && checkpoints.back().offset() >= 2 * PieceMebi;
    });
    ASSERT_TRUE(durable);
    ASSERT_GE(checkpoints.back().pieces_size(), 2);
    EXPECT_EQ(checkpoints.back().pieces(0).begin(), 0u);
    start();
    complete = true;
    auto before = server.requests().size();
    auto kept = checkpoints.back().offset();
    fetch(with_pieces(fetch_order));
    EXPECT_EQ(begun().offset(), kept);
    expect_arrival(large_content());
    auto requests = server.requests();
    requests.erase(requests.begin(), requests.begin() + static_cast<std::ptrdiff_t>(before));
    for (const auto& request : requests)
        EXPECT_NE(request.field("range"), "") << "from zero";
    EXPECT_LE(count_asked(requests), 2 * (PiecesSize - kept));
}

TEST_F(PiecesTest, WhatCameBeforeTheFileWasSplitIsKept) {
    test::HttpServer server{[this](const test::HttpRequest& request, test::HttpConnection& connection) {
        auto part = asked(request);
        // A part of what was asked for, without ranges.
        if (++ranges == 1) {
            part.end = 2 * PieceMebi;
            auto head = part.head();
            head.insert(head.size() - 2, "Accept-Ranges: none\r\n");
            connection.send(head);
            return connection.send(part.body());
        }
        part.send(connection);
    }};
    directory.write(Part, large_content().substr(0, PieceMebi));
    auto fetch_order = split(server);
    resume_at(fetch_order, PieceMebi);
    fetch(fetch_order);
    EXPECT_EQ(begun().offset(), PieceMebi);
    expect_arrival(large_content());
    for (const auto& request : server.requests())
        EXPECT_GE(asked(request).from, PieceMebi);
    EXPECT_GE(asked(server.requests().at(1)).from, 2 * PieceMebi);
}

TEST_F(PiecesTest, WithOneConnectionTheHolesAreFetchedInTurn) {
    test::HttpServer server{whatever_is_asked()};
    auto bytes = large_content();
    directory.write(Part, bytes.substr(0, PieceMebi) + std::string(PieceMebi, 'x') +
                              bytes.substr(2 * PieceMebi, PieceMebi));
    auto fetch_order = order(server.url("/file"));
    add_digest(fetch_order);
    resume_in_two_pieces(fetch_order);
    fetch(fetch_order);
    EXPECT_EQ(begun().offset(), 2 * PieceMebi);
    expect_arrival(bytes);
    auto requests = server.requests();
    ASSERT_EQ(requests.size(), 2u);
    EXPECT_EQ(count_asked(requests), PiecesSize - 2 * PieceMebi) << "each byte once";
}

TEST_F(PiecesTest, APartFileThatWasCutIsFetchedAnew) {
    test::HttpServer server{whatever_is_asked()};
    directory.write(Part, large_content().substr(0, PieceMebi));
    auto fetch_order = order(server.url("/file"));
    resume_in_two_pieces(fetch_order);
    fetch(fetch_order);
    auto start = begun();
    EXPECT_EQ(start.offset(), 0u);
    EXPECT_TRUE(start.restarted());
    proceed();
    expect_arrival(large_content());
}

TEST_F(PiecesTest, WhatIsHaltedIsKept) {
    test::HttpServer server{gated([this](const Answer& part, auto& connection) {
        ++ranges;
        part.begin(connection, PieceMebi);
        connection.wait_for_client_to_leave();
    })};
    settings.set_checkpoint_bytes(64 * PieceMebi);
    start();
    fetch(split(server));
    wait_for_bytes(3 * PieceMebi);
    halt();
    halted();
    ASSERT_FALSE(checkpoints.empty());
    const auto& last = checkpoints.back();
    EXPECT_GE(last.offset(), 3 * PieceMebi);
    EXPECT_GE(last.pieces_size(), 2);
    uint64_t sum = 0;
    auto bytes = directory.read(Part);
    for (const auto& piece : last.pieces()) {
        sum += piece.end() - piece.begin();
        EXPECT_TRUE(bytes.substr(piece.begin(), piece.end() - piece.begin()) ==
                    large_content().substr(piece.begin(), piece.end() - piece.begin()));
    }
    EXPECT_EQ(sum, last.offset());
}

} // namespace
} // namespace haulier::transfer
