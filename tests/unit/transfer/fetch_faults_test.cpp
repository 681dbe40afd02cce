// SPDX-License-Identifier: LGPL-2.1-or-later
// A file never mixes versions: the four faults of servers, and files that change between two attempts.
#include "transfer/hasher.hpp"
#include "worker_fixture.hpp"

namespace haulier::transfer {
namespace {

class FaultsTest : public WorkerFixture {
protected:
    void with_digest_of(const std::string& content, wire::Fetch& fetch) {
        auto hasher = Hasher::make(wire::Digest::SHA256);
        hasher->update(content);
        fetch.mutable_digest()->set_kind(wire::Digest::SHA256);
        fetch.mutable_digest()->set_hex(hasher->hex());
    }
    void expect_restart(const std::string& content) {
        auto start = begun();
        EXPECT_EQ(start.offset(), 0u);
        EXPECT_TRUE(start.restarted());
        proceed();
        expect_arrival(content);
    }
    const ServedFile other{.content = content_of(Size, 2),
                           .etag = "\"two\"",
                           .last_modified = "Thu, 22 Oct 2015 07:28:00 GMT",
                           .date = "Fri, 23 Oct 2015 07:28:00 GMT"};
};

TEST_F(FaultsTest, Fault1_200ToACorrectIfRange) {
    auto stubborn = file;
    stubborn.refuse_if_range = true;
    FileServer server{file};
    half_a_file(server, stubborn, order(server.url()));
    fetch(resumed(server.url()));
    auto start = begun();
    EXPECT_EQ(start.offset(), Half);
    EXPECT_TRUE(start.if_range_broken()) << "the daemon remembers the host";
    expect_arrival(file.content);
    auto requests = server.requests();
    ASSERT_EQ(requests.size(), 3u);
    EXPECT_EQ(requests[1].field("if-range"), "\"one\"");
    EXPECT_EQ(requests[2].field("if-range"), "");
    EXPECT_EQ(requests[2].field("range"), "bytes=300000-");

    // With that knowledge the next resume asks plainly at once.
    std::filesystem::resize_file(directory.at(Part), Half);
    checkpoints.back().set_offset(Half);
    auto informed = resumed(server.url());
    informed.set_if_range_broken(true);
    fetch(informed);
    EXPECT_EQ(begun().offset(), Half);
    expect_arrival(file.content);
    EXPECT_EQ(server.requests().size(), 4u);
    EXPECT_EQ(server.requests().at(3).field("if-range"), "");
}

TEST_F(FaultsTest, Fault1_AndNoRangesAtAll) {
    auto rangeless = file;
    rangeless.ranges = false;
    FileServer server{file};
    half_a_file(server, rangeless, order(server.url()));
    fetch(resumed(server.url()));
    expect_restart(file.content);
    EXPECT_EQ(server.requests().size(), 3u)
        << "requested with If-Range, plainly, and then content with the whole";
}

TEST_F(FaultsTest, Fault2_206ToAStaleIfRange) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    auto liar = other;
    liar.believe_if_range = true;
    server.change(liar);
    fetch(resumed(server.url()));
    expect_restart(other.content);
}

TEST_F(FaultsTest, Fault2_WithARecycledTagAndAnotherLength) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    auto liar = file;
    liar.content = content_of(Size + 1, 2);
    server.change(liar);
    fetch(resumed(server.url()));
    expect_restart(liar.content);
}

TEST_F(FaultsTest, Fault3_AnotherTagForTheSameBytes) {
    auto node = file;
    node.etag = "\"node-b\"";
    for (bool verified : {false, true}) {
        FileServer server{file};
        auto first = order(server.url());
        if (verified) with_digest_of(file.content, first);
        half_a_file(server, file, first);
        server.change(node);
        auto again = resumed(server.url());
        *again.mutable_digest() = first.digest();
        fetch(again);
        if (!verified) {
            expect_restart(file.content);
            continue;
        }
        EXPECT_EQ(begun().offset(), Half);
        expect_arrival(file.content);
    }
}

TEST_F(FaultsTest, Fault3_TheDigestFindsADifferentFileBehindIt) {
    FileServer server{file};
    auto first = order(server.url());
    with_digest_of(file.content, first);
    half_a_file(server, file, first);
    auto forged = other;
    forged.last_modified = file.last_modified;
    forged.believe_if_range = true;
    server.change(forged);
    auto again = resumed(server.url());
    *again.mutable_digest() = first.digest();
    fetch(again);
    EXPECT_EQ(begun().offset(), Half);
    auto failure = failed();
    EXPECT_EQ(failure.cause(), wire::CHECKSUM_MISMATCH);
    EXPECT_TRUE(failure.void_offset());
}

TEST_F(FaultsTest, Fault4_NoValidatorThatProvesAnything) {
    auto weak = file;
    weak.etag = "W/\"one\"";
    weak.date = weak.last_modified; // changed within this second, perhaps again
    auto bare = file;
    bare.etag = bare.last_modified = "";
    for (const auto& unproved : {weak, bare})
        for (bool verified : {false, true}) {
            FileServer server{unproved};
            auto first = order(server.url());
            if (verified) with_digest_of(file.content, first);
            half_a_file(server, unproved, first);
            auto again = resumed(server.url());
            *again.mutable_digest() = first.digest();
            fetch(again);
            if (!verified) {
                expect_restart(file.content);
                EXPECT_EQ(server.requests().at(1).field("range"), "");
                continue;
            }
            EXPECT_EQ(begun().offset(), Half);
            expect_arrival(file.content);
        }
}

TEST_F(FaultsTest, ADateAloneIsEnoughIfItIsOld) {
    auto dated = file;
    dated.etag = "";
    FileServer server{file};
    half_a_file(server, dated, order(server.url()));
    fetch(resumed(server.url()));
    EXPECT_EQ(begun().offset(), Half);
    expect_arrival(file.content);
    EXPECT_EQ(server.requests().at(1).field("if-range"), file.last_modified);
}

/// A network that wants a login answers with its page in place of the file.
TEST_F(FaultsTest, APageDoesNotTakeThePlaceOfAPart) {
    auto typed = file;
    typed.content_type = "application/zip";
    const ServedFile bare{.content = content_of(700, 2), .etag = "", .last_modified = "", .ranges = false};
    auto page = bare;
    page.content_type = "text/html; charset=utf-8";
    auto tagged_page = page;
    tagged_page.etag = "\"login\"";
    for (const auto& answer : {bare, page, tagged_page})
        for (bool verified : {false, true}) {
            FileServer server{typed};
            auto first = order(server.url());
            if (verified) with_digest_of(file.content, first);
            half_a_file(server, typed, first);
            server.change(answer);
            auto again = resumed(server.url());
            *again.mutable_digest() = first.digest();
            fetch(again);
            auto failure = failed();
            EXPECT_EQ(failure.cause(), wire::INVALID_RESPONSE);
            EXPECT_FALSE(failure.void_offset() || failure.is_final());
            server.change(typed);
            fetch(again);
            EXPECT_EQ(begun().offset(), Half);
            expect_arrival(file.content);
        }
}

/// A range that contradicts is no new version: the whole must prove that.
TEST_F(FaultsTest, ThePartIsKeptUntilTheWholeHasProvedItself) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    auto liar = file;
    liar.etag = liar.last_modified = "";
    liar.believe_if_range = true;
    server.change(liar);
    fetch(resumed(server.url()));
    EXPECT_EQ(failed().cause(), wire::INVALID_RESPONSE);
    auto requests = server.requests();
    EXPECT_EQ(requests.at(1).field("range"), "bytes=300000-");
    EXPECT_EQ(requests.at(2).field("range"), "");
    EXPECT_TRUE(directory.read(Part) == file.content.substr(0, Half));
    server.change(file);
    fetch(resumed(server.url()));
    EXPECT_EQ(begun().offset(), Half);
    expect_arrival(file.content);
}

TEST_F(FaultsTest, APageInPlaceOfAFileThatIsKnown) {
    auto page = file;
    page.content_type = "text/html";
    for (bool chunked : {false, true}) {
        page.chunked = chunked;
        FileServer server{page};
        auto sized = order(server.url());
        sized.set_expected_size_known(true);
        sized.set_expected_size(Size + 1);
        fetch(sized);
        if (chunked) begun();
        EXPECT_EQ(failed().cause(), wire::INVALID_RESPONSE);
        auto verified = order(server.url());
        with_digest_of("another file", verified);
        fetch(verified);
        begun();
        auto failure = failed();
        EXPECT_EQ(failure.cause(), wire::INVALID_RESPONSE);
        EXPECT_TRUE(failure.void_offset());
    }
}

TEST_F(FaultsTest, TheSourceChangedWhileHalted) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    server.change(other);
    fetch(resumed(server.url()));
    auto start = begun();
    EXPECT_TRUE(start.restarted());
    EXPECT_EQ(start.identity().etag(), "\"two\"");
    settle();
    EXPECT_TRUE(directory.read(Part) == file.content.substr(0, Half)) << "not one byte before Proceed";
    proceed();
    expect_arrival(other.content);
}

/// The remote file becomes B, the worker crashes before the daemon has stored the restart, and the remote
/// file is A again.
TEST_F(FaultsTest, ThereAndBackAgainWithACrash) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    server.change(other);
    fetch(resumed(server.url()));
    EXPECT_TRUE(begun().restarted());
    settle();
    start();
    server.change(file);
    fetch(resumed(server.url()));
    EXPECT_EQ(begun().offset(), Half);
    expect_arrival(file.content);
}

/// As before, but the daemon had stored the restart: A starts from zero, whatever B left in the file.
TEST_F(FaultsTest, ThereAndBackAgainAfterProceed) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    auto slow = other;
    slow.stop_at = 200'000;
    server.change(slow);
    fetch(resumed(server.url()));
    auto restarted = begun();
    proceed();
    wait_for_bytes(200'000);
    start();
    checkpoints.emplace_back();
    *checkpoints.back().mutable_identity() = restarted.identity();
    server.change(file);
    fetch(resumed(server.url()));
    EXPECT_FALSE(begun().restarted());
    expect_arrival(file.content);
}

TEST_F(FaultsTest, AHaltBeforeProceedLeavesThingsAsTheyWere) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    server.change(other);
    fetch(resumed(server.url()));
    begun();
    auto known = checkpoints.size();
    halt();
    halted();
    EXPECT_EQ(checkpoints.size(), known);
    EXPECT_TRUE(directory.read(Part) == file.content.substr(0, Half));
}

TEST_F(FaultsTest, ItGotShorterThanWhatWeHave) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    auto shorter = other;
    shorter.content.resize(1000);
    shorter.believe_if_range = true; // hence 416
    server.change(shorter);
    fetch(resumed(server.url()));
    expect_restart(shorter.content);
}

TEST_F(FaultsTest, AWrongContentRangeIsNotBelieved) {
    for (const char* said : {"bytes 0-299999/600000", "bytes 299999-599998/600000",
                             "bytes 300000-599999/600001", "elephants 1-2/3", "bytes 300000-599998/600000"}) {
        FileServer server{file};
        half_a_file(server, file, order(server.url()));
        auto liar = file;
        liar.range_said = said;
        server.change(liar);
        fetch(resumed(server.url()));
        expect_restart(file.content);
    }
}

TEST_F(FaultsTest, MoreBytesThanTheRangeHas) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    auto liar = file;
    liar.content += "more";
    liar.range_said = "bytes 300000-599999/600000";
    liar.chunked = true;
    server.change(liar);
    fetch(resumed(server.url()));
    EXPECT_EQ(begun().offset(), Half);
    auto failure = failed();
    EXPECT_EQ(failure.cause(), wire::LONG_BODY);
    EXPECT_TRUE(failure.void_offset());
}

TEST_F(FaultsTest, FewerBytesThanTheRangeHas) {
    FileServer server{file};
    half_a_file(server, file, order(server.url()));
    auto liar = file;
    liar.content.resize(Size - 5);
    liar.range_said = "bytes 300000-599999/600000";
    liar.chunked = true;
    server.change(liar);
    fetch(resumed(server.url()));
    begun();
    EXPECT_EQ(failed().cause(), wire::SHORT_BODY);
    EXPECT_EQ(checkpoints.back().offset(), Size - 5);
    server.change(file);
    fetch(resumed(server.url()));
    EXPECT_EQ(begun().offset(), Size - 5);
    expect_arrival(file.content);
}

} // namespace
} // namespace haulier::transfer
