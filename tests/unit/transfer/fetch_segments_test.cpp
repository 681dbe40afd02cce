// SPDX-License-Identifier: LGPL-2.1-or-later
// Files that are fetched in segments, stored end to end or at their offsets in the remote file.
#include "transfer/hasher.hpp"
#include "worker_fixture.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <utility>

namespace haulier::transfer {
namespace {

using testing::HasSubstr;

class SegmentsTest : public WorkerFixture {
protected:
    struct Range {
        uint64_t remote;
        uint64_t length;
    };
    static constexpr uint64_t Rest = ~uint64_t{0};
    const std::vector<Range> Three = {{500'000, 50'000}, {0, 100'000}, {200'000, 1}};

    /// Stored end to end.
    wire::Fetch ranges(const std::string& url, const std::vector<Range>& wanted) const {
        auto fetch = order(url);
        uint64_t local = 0;
        for (const auto& range : wanted) {
            add(fetch, range, local);
            local += range.length;
        }
        return fetch;
    }
    wire::Fetch holes(const std::string& url, const std::vector<Range>& wanted) const {
        auto fetch = order(url);
        fetch.set_sparse(true);
        for (const auto& range : wanted)
            add(fetch, range, range.remote);
        return fetch;
    }
    static void add(wire::Fetch& fetch, const Range& range, uint64_t local) {
        auto& segment = *fetch.add_segments();
        segment.set_remote(range.remote);
        segment.set_length(range.length);
        segment.set_local(local);
    }
    static std::string sha256_of(const std::string& content) {
        auto hasher = Hasher::make(wire::Digest::SHA256);
        hasher->update(content);
        return hasher->hex();
    }
    static std::string segments_of(const std::string& content, const std::vector<Range>& wanted) {
        std::string all;
        for (const auto& range : wanted)
            all += content.substr(range.remote, range.length);
        return all;
    }
    const ServedFile other{.content = content_of(Size, 2),
                           .etag = "\"two\"",
                           .last_modified = "Thu, 22 Oct 2015 07:28:00 GMT",
                           .date = "Fri, 23 Oct 2015 07:28:00 GMT"};
};

TEST_F(SegmentsTest, RangesAreLaidEndToEnd) {
    FileServer server{file};
    fetch(ranges(server.url(), Three));
    auto start = begun();
    EXPECT_EQ(start.identity().size(), Size) << "of the remote file";
    EXPECT_THAT(start.headers(), HasSubstr("HTTP/1.1 206"));
    auto done = fetched();
    EXPECT_EQ(done.size(), 150'001u);
    EXPECT_EQ(done.identity().size(), Size);
    EXPECT_TRUE(directory.read(Part) == segments_of(file.content, Three));
    auto requests = server.requests();
    ASSERT_EQ(requests.size(), 3u);
    EXPECT_EQ(requests[0].field("range"), "bytes=500000-549999");
    EXPECT_EQ(requests[1].field("range"), "bytes=0-99999");
    EXPECT_EQ(requests[2].field("range"), "bytes=200000-200000");
    EXPECT_EQ(requests[2].field("if-range"), "");
}

TEST_F(SegmentsTest, TheLastRangeMayGoToTheEnd) {
    FileServer server{file};
    const std::vector<Range> wanted = {{10, 20}, {Size - 5, Rest}};
    fetch(ranges(server.url(), wanted));
    begun();
    EXPECT_EQ(fetched().size(), 25u);
    EXPECT_EQ(directory.read(Part), segments_of(file.content, wanted));
}

TEST_F(SegmentsTest, AServerThatGivesAPieceOfAPieceAtATime) {
    auto piecemeal = file;
    piecemeal.most = 30'000;
    FileServer server{piecemeal};
    fetch(ranges(server.url(), Three));
    begun();
    fetched();
    EXPECT_TRUE(directory.read(Part) == segments_of(file.content, Three));
    EXPECT_EQ(server.requests().size(), 2u + 4u + 1u);
}

TEST_F(SegmentsTest, ADigestCoversTheLocalFile) {
    FileServer server{file};
    auto verified = ranges(server.url(), Three);
    verified.mutable_digest()->set_kind(wire::Digest::SHA256);
    verified.mutable_digest()->set_hex(sha256_of(segments_of(file.content, Three)));
    fetch(verified);
    begun();
    fetched();
}

TEST_F(SegmentsTest, HaltedInTheSecondRangeAndResumed) {
    FileServer server{file};
    auto slow = file;
    slow.stop_at = 70'000;
    server.change(slow);
    fetch(ranges(server.url(), Three));
    wait_for_bytes(120'000);
    halt();
    halted();
    ASSERT_FALSE(checkpoints.empty());
    EXPECT_EQ(checkpoints.back().offset(), 120'000u) << "50,000 of the first range and 70,000 of the second";
    server.change(file);
    auto again = ranges(server.url(), Three);
    again.set_offset(checkpoints.back().offset());
    *again.mutable_identity() = checkpoints.back().identity();
    fetch(again);
    EXPECT_EQ(begun().offset(), 120'000u);
    fetched();
    EXPECT_TRUE(directory.read(Part) == segments_of(file.content, Three));
    EXPECT_EQ(server.requests().at(2).field("range"), "bytes=70000-99999");
}

TEST_F(SegmentsTest, AnotherVersionBetweenTwoPiecesStartsOver) {
    std::atomic<int> requested = 0;
    const auto send = [](const ServedFile& from, size_t first, size_t last,
                         test::HttpConnection& connection) {
        connection.send("HTTP/1.1 206 Partial Content\r\nETag: " + from.etag + "\r\nContent-Range: bytes " +
                        std::to_string(first) + "-" + std::to_string(last) + "/" + std::to_string(Size) +
                        "\r\nContent-Length: " + std::to_string(last - first + 1) + "\r\n\r\n" +
                        from.content.substr(first, last - first + 1));
    };
    test::HttpServer server{[&](const test::HttpRequest& request, test::HttpConnection& connection) {
        auto range = request.field("range");
        size_t first = std::stoul(range.substr(6));
        size_t last = std::stoul(range.substr(range.find('-') + 1));
        send(++requested == 1 ? file : other, first, last, connection);
    }};
    const std::vector<Range> wanted = {{0, 100}, {1000, 100}};
    fetch(ranges(server.url("/"), wanted));
    EXPECT_EQ(begun().identity().etag(), "\"one\"");
    auto second = begun();
    EXPECT_EQ(second.identity().etag(), "\"two\"");
    EXPECT_EQ(second.offset(), 0u);
    EXPECT_FALSE(second.restarted()) << "nothing had been stored";
    fetched();
    EXPECT_EQ(directory.read(Part), segments_of(other.content, wanted));
}

TEST_F(SegmentsTest, AServerThatChangesForEverIsGivenUp) {
    std::atomic<int> requested = 0;
    test::HttpServer server{[&](const test::HttpRequest& request, test::HttpConnection& connection) {
        auto range = request.field("range").substr(6);
        connection.send("HTTP/1.1 206 P\r\nETag: \"" + std::to_string(++requested) +
                        "\"\r\nContent-Range: bytes " + range + "/9\r\nContent-Length: 1\r\n\r\nx");
    }};
    fetch(ranges(server.url("/"), {{0, 1}, {5, 1}}));
    wire::FromWorker last;
    ASSERT_TRUE(turn_until([&] { return !inbox.empty() && (last = inbox.back()).has_failed(); }));
    EXPECT_EQ(last.failed().cause(), wire::INVALID_RESPONSE);
}

TEST_F(SegmentsTest, ServersThatCannotSendPieces) {
    auto rangeless = file;
    rangeless.ranges = false;
    FileServer server{rangeless};
    fetch(ranges(server.url(), Three));
    auto failure = failed();
    EXPECT_EQ(failure.cause(), wire::MISSING_RANGE_SUPPORT);
    EXPECT_EQ(directory.read(Part), "");

    fetch(ranges(server.url(), {{0, Size}}));
    begun();
    expect_arrival(file.content);
}

TEST_F(SegmentsTest, APieceBeyondTheEnd) {
    FileServer server{file};
    for (const auto& wanted : std::vector<Range>{{Size + 10, 5}, {Size - 10, 20}, {Size, Rest}}) {
        fetch(ranges(server.url(), {wanted}));
        auto failure = failed();
        EXPECT_EQ(failure.cause(), wire::INVALID_RANGE) << wanted.remote;
        EXPECT_THAT(failure.message(), HasSubstr("600000"));
    }
}

TEST_F(SegmentsTest, AnExpectedSizeIsThatOfTheLocalFile) {
    FileServer server{file};
    auto requested = ranges(server.url(), Three);
    requested.set_expected_size_known(true);
    requested.set_expected_size(150'002);
    fetch(requested);
    EXPECT_EQ(failed().cause(), wire::SIZE_MISMATCH);
    requested.set_expected_size(150'001);
    fetch(requested);
    begun();
    fetched();
}

TEST_F(SegmentsTest, HolesAreFilledAndWhatIsThereStays) {
    FileServer server{file};
    fetch(holes(server.url(), {{400'000, 1000}}));
    auto first = begun();
    EXPECT_EQ(fetched().size(), 1000u);
    fetch([&] {
        auto again = holes(server.url(), {{100'000, 500}, {Size - 7, Rest}});
        *again.mutable_identity() = first.identity();
        return again;
    }());
    auto second = begun();
    EXPECT_EQ(second.offset(), 0u);
    EXPECT_FALSE(second.restarted());
    EXPECT_EQ(fetched().size(), 507u);
    std::string expected(Size, '\0');
    for (auto [at, length] : {std::pair{400'000, 1000}, {100'000, 500}, {int{Size} - 7, 7}})
        expected.replace(static_cast<size_t>(at), static_cast<size_t>(length),
                         file.content.substr(static_cast<size_t>(at), static_cast<size_t>(length)));
    EXPECT_TRUE(directory.read(Part) == expected);
}

TEST_F(SegmentsTest, AnotherVersionVoidsAllOfASparseFile) {
    FileServer server{file};
    fetch(holes(server.url(), {{400'000, 1000}}));
    auto first = begun();
    fetched();
    server.change(other);
    auto again = holes(server.url(), {{100'000, 500}});
    *again.mutable_identity() = first.identity();
    fetch(again);
    auto second = begun();
    EXPECT_TRUE(second.restarted());
    EXPECT_EQ(second.identity().etag(), "\"two\"");
    settle();
    EXPECT_EQ(directory.read(Part).substr(400'000, 1000), file.content.substr(400'000, 1000))
        << "not before Proceed";
    proceed();
    fetched();
    std::string expected(Size, '\0');
    expected.replace(100'000, 500, other.content.substr(100'000, 500));
    EXPECT_TRUE(directory.read(Part) == expected);
}

TEST_F(SegmentsTest, ASparseFileThatWasTakenAwayIsBegunAgain) {
    FileServer server{file};
    fetch(holes(server.url(), {{400'000, 1000}}));
    auto first = begun();
    fetched();
    std::filesystem::remove(directory.at(Part));
    auto again = holes(server.url(), {{100'000, 500}});
    *again.mutable_identity() = first.identity();
    fetch(again);
    EXPECT_TRUE(begun().restarted());
    proceed();
    fetched();
}

TEST_F(SegmentsTest, AWholeSparseFileIsLookedAtWithoutAskingAnybody) {
    FileServer server{file};
    fetch(holes(server.url(), {{0, Rest}}));
    auto first = begun();
    fetched();
    auto look = [&](const std::string& hex) {
        auto order = holes(server.url(), {});
        *order.mutable_identity() = first.identity();
        order.mutable_identity()->set_size_known(true);
        order.mutable_identity()->set_size(Size);
        order.mutable_digest()->set_kind(wire::Digest::SHA256);
        order.mutable_digest()->set_hex(hex);
        return order;
    };
    fetch(look(sha256_of(file.content)));
    begun();
    EXPECT_EQ(fetched().identity().size(), Size);
    fetch(look(std::string(64, '0')));
    begun();
    auto wrong = failed();
    EXPECT_EQ(wrong.cause(), wire::CHECKSUM_MISMATCH);
    EXPECT_TRUE(wrong.void_offset());
    EXPECT_EQ(server.requests().size(), 1u);
    std::filesystem::remove(directory.at(Part));
    fetch(look(sha256_of(file.content)));
    EXPECT_TRUE(begun().restarted());
    proceed();
    EXPECT_FALSE(fetched().identity().size_known());
}

TEST_F(SegmentsTest, OrdersThatCannotBe) {
    FileServer server{file};
    auto overlapping = ranges(server.url(), Three);
    overlapping.mutable_segments(1)->set_local(10);
    auto nothing = holes(server.url(), {});
    auto empty = ranges(server.url(), {{5, 0}});
    for (const auto& one : {overlapping, nothing, empty}) {
        fetch(one);
        EXPECT_EQ(failed().cause(), wire::INTERNAL);
    }
    EXPECT_EQ(server.requests().size(), 0u);
}

} // namespace
} // namespace haulier::transfer
