// SPDX-License-Identifier: LGPL-2.1-or-later
// Files that are sent: by PUT, by tus, in parts, after a halt and after a crash, with a reply or without.
#include "transfer_samples.hpp"
#include "upload_fixture.hpp"

#include "transfer/read_chunk.hpp"

#include <gmock/gmock.h>

namespace haulier::transfer {
namespace {

using testing::ElementsAre;

using UploadTest = UploadFixture;

// ---- PUT ----

TEST_F(UploadTest, AServerWithoutTusGetsAllInOnePut) {
    UploadServer server{{}};
    upload(upload_order(server.url()));
    auto start = begun();
    EXPECT_EQ(start.offset(), 0u);
    EXPECT_FALSE(start.restarted());
    EXPECT_EQ(start.identity().size(), Size);
    EXPECT_EQ(start.upload_url(), "");
    struct stat st {};
    ASSERT_EQ(stat(directory.at(Name).c_str(), &st), 0);
    EXPECT_EQ(start.stamp().inode().number(), st.st_ino);
    EXPECT_EQ(start.stamp().size(), Size);
    EXPECT_EQ(start.stamp().modified_ns(), st.st_mtim.tv_sec * 1'000'000'000L + st.st_mtim.tv_nsec);
    expect_sent(server);
    EXPECT_THAT(server.methods(), ElementsAre("OPTIONS", "PUT"));
    auto put = server.requests().at(1);
    EXPECT_EQ(put.path, "/uploads?secret=1");
    EXPECT_EQ(put.field("content-length"), std::to_string(Size));
    EXPECT_EQ(put.field("tus-resumable"), "");
}

TEST_F(UploadTest, APutThatWasHaltedBeginsAnew) {
    UploadServer server{{}};
    auto start = half_an_upload(server, {}, upload_order(server.url()));
    upload(resumed(upload_order(server.url()), start));
    EXPECT_EQ(begun().offset(), 0u);
    expect_sent(server);
}

TEST_F(UploadTest, ANamedMethodIsUsedWithoutAskingForTus) {
    UploadServer server{{}};
    auto order = upload_order(server.url());
    order.mutable_http()->set_method("POST");
    order.mutable_http()->add_headers("X-Key: one");
    upload(order);
    begun();
    expect_sent(server);
    EXPECT_THAT(server.methods(), ElementsAre("POST"));
    EXPECT_EQ(server.requests().at(0).field("x-key"), "one");
}

TEST_F(UploadTest, AnEmptyFile) {
    directory.write(Name, "");
    for (bool tus : {false, true}) {
        UploadServer server{{.tus = tus}};
        server.has("something else");
        upload(upload_order(server.url()));
        begun();
        EXPECT_EQ(fetched().size(), 0u);
        EXPECT_EQ(server.content(), "");
    }
}

TEST_F(UploadTest, ProgressTellsWhatWasSent) {
    UploadServer server{{.stop_at = Half}};
    upload(upload_order(server.url()));
    begun();
    wait_for_bytes(Half);
    halt();
    halted();
}

// ---- tus ----

TEST_F(UploadTest, TusCreatesAndTellsWhereBeforeItSends) {
    UploadServer server{{.tus = true, .stop_at = 0}};
    upload(upload_order(server.url()));
    auto start = begun();
    EXPECT_EQ(start.upload_url(), server.url("/uploads/1"));
    EXPECT_EQ(start.offset(), 0u);
    EXPECT_EQ(start.identity().size(), Size);
    EXPECT_EQ(server.content(), "");
    server.change({.tus = true});
    halt();
    halted();
    auto created = server.requests().at(1);
    EXPECT_EQ(created.method, "POST");
    EXPECT_EQ(created.path, "/uploads?secret=1");
    EXPECT_EQ(created.field("tus-resumable"), "1.0.0");
    EXPECT_EQ(created.field("upload-length"), std::to_string(Size));
    EXPECT_EQ(created.field("upload-metadata"), "filename c291cmNl");
    EXPECT_EQ(created.field("content-length"), "0");
}

TEST_F(UploadTest, TusSendsAll) {
    UploadServer server{{.tus = true}};
    upload(upload_order(server.url()));
    begun();
    expect_sent(server);
    EXPECT_THAT(server.methods(), ElementsAre("OPTIONS", "POST", "PATCH"));
    auto patch = server.requests().at(2);
    EXPECT_EQ(patch.path, "/uploads/1");
    EXPECT_EQ(patch.field("upload-offset"), "0");
    EXPECT_EQ(patch.field("content-type"), "application/offset+octet-stream");
}

TEST_F(UploadTest, TusGoesOnWhereTheServerIs) {
    UploadServer server{{.tus = true}};
    auto start = half_an_upload(server, {.tus = true}, upload_order(server.url()));
    upload(resumed(upload_order(server.url()), start));
    auto second = begun();
    EXPECT_EQ(second.offset(), Half);
    EXPECT_FALSE(second.restarted());
    EXPECT_EQ(second.upload_url(), start.upload_url());
    expect_sent(server);
    EXPECT_THAT(server.methods(), ElementsAre("OPTIONS", "POST", "PATCH", "HEAD", "PATCH"));
    EXPECT_EQ(server.requests().back().field("upload-offset"), std::to_string(Half));
    EXPECT_EQ(server.requests().back().field("content-length"), std::to_string(Size - Half));
}

TEST_F(UploadTest, TusGoesOnAfterACrash) {
    UploadServer server{{.tus = true, .stop_at = Half}};
    upload(upload_order(server.url()));
    auto first = begun();
    EXPECT_TRUE(turn_until([&] { return server.content().size() == Half; }));
    start();
    server.change({.tus = true});
    upload(resumed(upload_order(server.url()), first));
    EXPECT_EQ(begun().offset(), Half);
    expect_sent(server);
}

TEST_F(UploadTest, AForgottenUploadBeginsAnew) {
    UploadServer server{{.tus = true}};
    auto start = half_an_upload(server, {.tus = true}, upload_order(server.url()));
    server.forget();
    server.change({.tus = true, .location = "/uploads/2"});
    upload(resumed(upload_order(server.url()), start));
    auto second = begun();
    EXPECT_EQ(second.offset(), 0u);
    EXPECT_TRUE(second.restarted());
    EXPECT_EQ(second.upload_url(), server.url("/uploads/2"));
    expect_sent(server);
}

TEST_F(UploadTest, WithoutCreationTheUrlIsTheUpload) {
    UploadServer server{{.tus = true, .creation = false}};
    server.has(file.content.substr(0, 1000));
    upload(upload_order(server.url()));
    auto start = begun();
    EXPECT_EQ(start.offset(), 1000u);
    EXPECT_EQ(start.upload_url(), server.url());
    expect_sent(server);
    EXPECT_THAT(server.methods(), ElementsAre("OPTIONS", "HEAD", "PATCH"));
}

TEST_F(UploadTest, WhatIsThereAlreadyIsNotSent) {
    UploadServer server{{.tus = true}};
    server.has(file.content);
    auto order = upload_order(server.url());
    order.set_upload_url(server.url("/uploads/1"));
    upload(order);
    EXPECT_EQ(begun().offset(), Size);
    expect_sent(server);
    EXPECT_THAT(server.methods(), ElementsAre("HEAD"));
}

TEST_F(UploadTest, AServerMayTakeAPartAtATime) {
    UploadServer server{{.tus = true, .most = 250'000}};
    upload(upload_order(server.url()));
    begun();
    expect_sent(server);
    std::vector<std::string> offsets;
    for (const auto& request : server.requests())
        if (request.method == "PATCH") offsets.push_back(request.field("upload-offset"));
    EXPECT_THAT(offsets, ElementsAre("0", "250000", "500000"));
}

TEST_F(UploadTest, WhatIdentifiesTheOwnerStaysWithHisServer) {
    UploadServer other{{.tus = true}};
    other.has("");
    UploadServer server{{.tus = true, .location = other.url("/uploads/1")}};
    auto order = upload_order(server.url());
    order.mutable_http()->add_headers("X-Key: one");
    auto* known = order.mutable_http()->add_credentials();
    known->set_scheme(wire::Http::Credentials::BASIC);
    known->set_user("anna");
    known->set_password("secret");
    upload(order);
    begun();
    expect_sent(other);
    EXPECT_EQ(server.requests().back().field("x-key"), "one");
    EXPECT_THAT(server.requests().back().field("authorization"), testing::StartsWith("Basic "));
    EXPECT_EQ(other.requests().back().field("x-key"), "");
    EXPECT_EQ(other.requests().back().field("authorization"), "");
}

// ---- checksums ----

TEST_F(UploadTest, TheRightChecksum) {
    UploadServer server{{}};
    auto order = upload_order(server.url());
    order.mutable_digest()->set_kind(wire::Digest::SHA256);
    order.mutable_digest()->set_hex(sha256(file.content));
    upload(order);
    begun();
    expect_sent(server);
}

TEST_F(UploadTest, TheWrongChecksumIsNotSent) {
    UploadServer server{{}};
    auto order = upload_order(server.url());
    order.mutable_digest()->set_kind(wire::Digest::SHA256);
    order.mutable_digest()->set_hex(sha256("other"));
    upload(order);
    EXPECT_EQ(failed().cause(), wire::CHECKSUM_MISMATCH);
    EXPECT_THAT(server.methods(), ElementsAre());
}

// ---- replies ----

class UploadReply : public UploadFixture, public testing::WithParamInterface<bool> {
protected:
    /// Of a server that speaks tus or does not, as the parameter says.
    UploadBehaviour behaviour(const std::string& reply) const { return {.tus = GetParam(), .reply = reply}; }
    void expect_reply(const std::string& reply) {
        auto done = fetched();
        EXPECT_TRUE(done.replied());
        EXPECT_EQ(done.reply_size(), reply.size());
        EXPECT_TRUE(directory.read(Reply) == reply);
        struct stat st {};
        ASSERT_EQ(stat(directory.at(Reply).c_str(), &st), 0);
        EXPECT_EQ(done.inode().number(), st.st_ino);
    }
};
INSTANTIATE_TEST_SUITE_P(Tus, UploadReply, testing::Bool());

TEST_P(UploadReply, IsKept) {
    auto reply = content_of(200'000, 9);
    UploadServer server{behaviour(reply)};
    directory.write(Reply, "of an earlier try");
    upload(reply_order(server.url()));
    begun();
    expect_reply(reply);
}

TEST_P(UploadReply, OfUnknownLength) {
    auto answering = behaviour("well done");
    answering.chunked = true;
    UploadServer server{answering};
    upload(reply_order(server.url()));
    begun();
    expect_reply("well done");
}

TEST_P(UploadReply, MayBeEmpty) {
    UploadServer server{behaviour("")};
    directory.write(Reply, "of an earlier try");
    upload(reply_order(server.url()));
    begun();
    expect_reply("");
}

TEST_P(UploadReply, NobodyWantedIsNotKept) {
    UploadServer server{behaviour("well done")};
    upload(upload_order(server.url()));
    begun();
    EXPECT_FALSE(fetched().replied());
    EXPECT_FALSE(directory.has(Reply));
}

TEST_P(UploadReply, IsNotWhatARefusalSays) {
    auto refusing = behaviour("");
    refusing.refusals = {{GetParam() ? "PATCH" : "PUT", "413 Content Too Large"}};
    UploadServer server{refusing};
    upload(reply_order(server.url()));
    begun();
    EXPECT_EQ(failed().code(), 413);
    EXPECT_EQ(directory.read(Reply), "");
}

using UploadTusReply = UploadFixture;

TEST_F(UploadTusReply, IsThatToTheLastPart) {
    UploadServer server{{.tus = true, .most = 250'000, .reply = "well done"}};
    upload(reply_order(server.url()));
    begun();
    EXPECT_EQ(fetched().reply_size(), 9u);
    EXPECT_EQ(directory.read(Reply), "well done");
}

TEST_F(UploadTusReply, ThatWasLostIsAskedForAgain) {
    UploadServer server{{.tus = true, .reply = "well done"}};
    server.has(file.content);
    auto order = reply_order(server.url());
    order.set_upload_url(server.url("/uploads/1"));
    upload(order);
    EXPECT_EQ(begun().offset(), Size);
    EXPECT_EQ(fetched().reply_size(), 9u);
    EXPECT_EQ(directory.read(Reply), "well done");
    EXPECT_EQ(server.requests().back().field("content-length"), "0");
}

// ---- pieces of replies, and uploads that are given up ----

using UploadOrders = UploadFixture;

TEST_F(UploadOrders, ReadsAFileInPieces) {
    wire::ToWorker message;
    auto& read = *message.mutable_read();
    read.set_directory(directory.path());
    read.set_name(Name);
    std::string all;
    for (read.set_request(1); all.size() < Size; read.set_request(read.request() + 1)) {
        read.set_offset(all.size());
        send(message);
        auto piece = reply();
        EXPECT_EQ(piece.request(), read.request());
        EXPECT_EQ(piece.size(), Size);
        EXPECT_LE(piece.data().size(), MaxChunk);
        ASSERT_FALSE(piece.data().empty()) << piece.message();
        all += piece.data();
    }
    EXPECT_TRUE(all == file.content);
    read.set_offset(Size);
    send(message);
    EXPECT_EQ(reply().data(), "");
}

TEST_F(UploadOrders, ReadsOnlyPlainFilesOfOnesOwn) {
    directory.write("target", "secret");
    ASSERT_EQ(symlink("target", directory.at("link").c_str()), 0);
    ASSERT_EQ(mkfifo(directory.at("pipe").c_str(), 0600), 0);
    ASSERT_EQ(mkdir(directory.at("folder").c_str(), 0700), 0);
    for (const char* name : {"link", "pipe", "folder", "missing", "../secret", ""}) {
        wire::ToWorker message;
        message.mutable_read()->set_directory(directory.path());
        message.mutable_read()->set_name(name);
        send(message);
        auto refusal = reply();
        EXPECT_EQ(refusal.fault(), wire::Reply::LOCAL_FILE) << name;
        EXPECT_NE(refusal.message(), "") << name;
    }
}

TEST_F(UploadOrders, AbandonsAnUpload) {
    UploadServer server{{.tus = true}};
    server.has("half of it");
    wire::ToWorker message;
    message.mutable_delete_upload()->set_request(5);
    message.mutable_delete_upload()->set_upload_url(server.url("/uploads/1"));
    message.mutable_delete_upload()->mutable_http()->add_headers("X-Key: one");
    send(message);
    auto done = reply();
    EXPECT_EQ(done.request(), 5u);
    EXPECT_EQ(done.fault(), wire::Reply::NONE);
    auto request = server.requests().at(0);
    EXPECT_EQ(request.method, "DELETE");
    EXPECT_EQ(request.field("tus-resumable"), "1.0.0");
    EXPECT_EQ(request.field("x-key"), "one");
    EXPECT_EQ(server.content(), "");
}

TEST_F(UploadOrders, AServerThatIsGoneIsNoFaultOfAnAbandonment) {
    wire::ToWorker message;
    for (const char* url : {"http://127.0.0.1:1/uploads/1", "nonsense"}) {
        message.mutable_delete_upload()->set_upload_url(url);
        send(message);
        EXPECT_EQ(reply().fault(), wire::Reply::NONE) << url;
    }
}

} // namespace
} // namespace haulier::transfer
