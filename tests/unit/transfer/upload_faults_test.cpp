// SPDX-License-Identifier: LGPL-2.1-or-later
// Servers that refuse, break off or contradict themselves, and sources that change or are none.
#include "upload_fixture.hpp"

#include <atomic>
#include <fcntl.h>
#include <gmock/gmock.h>

namespace haulier::transfer {
namespace {

using testing::ElementsAre;

using UploadFaults = UploadFixture;

// ---- the server ----

TEST_F(UploadFaults, ABrokenConnectionIsToldAndTheRestIsSentLater) {
    UploadServer server{{.tus = true, .stop_at = Half, .then_close = true}};
    upload(upload_order(server.url()));
    auto start = begun();
    auto lost = failed();
    EXPECT_TRUE(lost.cause() == wire::CONNECTION_LOST) << wire::Cause_Name(lost.cause()) << lost.message();
    EXPECT_FALSE(lost.void_offset());
    server.change({.tus = true});
    upload(resumed(upload_order(server.url()), start));
    EXPECT_EQ(begun().offset(), Half);
    expect_sent(server);
}

TEST_F(UploadFaults, AServerThatTakesNothingMoreIsGivenUp) {
    settings.set_stall_timeout_s(1);
    start();
    UploadServer server{{.stop_at = 0}};
    upload(upload_order(server.url()));
    begun();
    EXPECT_EQ(failed().cause(), wire::TIMEOUT);
}

TEST_F(UploadFaults, NobodyThere) {
    upload(upload_order("http://127.0.0.1:1/file"));
    EXPECT_EQ(failed().cause(), wire::CONNECT_FAILURE);
}

struct Refusal {
    const char* method;
    const char* response;
    bool tus;
    int code;
};
class UploadRefusals : public UploadFixture, public testing::WithParamInterface<Refusal> {};

TEST_P(UploadRefusals, AreTold) {
    const auto& refusal = GetParam();
    UploadServer server{{.tus = refusal.tus, .refusals = {{refusal.method, refusal.response}}}};
    server.has("");
    auto order = upload_order(server.url());
    if (refusal.method == std::string{"HEAD"}) order.set_upload_url(server.url("/uploads/1"));
    upload(order);
    if (std::string{refusal.method}.starts_with("P") && std::string{refusal.method} != "POST") begun();
    auto failure = failed();
    EXPECT_EQ(failure.cause(), wire::HTTP_STATUS);
    EXPECT_EQ(failure.code(), refusal.code);
    EXPECT_THAT(failure.message(), testing::StartsWith("127.0.0.1: "));
}
INSTANTIATE_TEST_SUITE_P(
    Each, UploadRefusals,
    testing::Values(Refusal{"PUT", "413 Content Too Large", false, 413},
                    Refusal{"PUT", "403 Forbidden", false, 403}, Refusal{"OPTIONS", "503 Later", true, 503},
                    Refusal{"POST", "400 Bad", true, 400}, Refusal{"HEAD", "403 Forbidden", true, 403},
                    Refusal{"PATCH", "423 Locked", true, 423}, Refusal{"PATCH", "409 Conflict", true, 409}));

TEST_F(UploadFaults, ABusyServerMaySayUntilWhen) {
    UploadServer server{{.refusals = {{"OPTIONS", "429 Slow Down\r\nRetry-After: 7"}}}};
    upload(upload_order(server.url()));
    EXPECT_EQ(failed().retry_after_s(), 7u);
    EXPECT_THAT(server.methods(), ElementsAre("OPTIONS"));
}

TEST_F(UploadFaults, AnUploadThatCannotBeCreatedAgain) {
    UploadServer server{{.tus = true, .refusals = {{"HEAD", "410 Gone"}, {"PATCH", "404 Not Found"}}}};
    auto order = upload_order(server.url());
    order.set_upload_url(server.url("/uploads/1"));
    upload(order);
    EXPECT_TRUE(begun().restarted());
    EXPECT_TRUE(begun().restarted());
    EXPECT_EQ(failed().code(), 404);
    EXPECT_THAT(server.methods(), ElementsAre("HEAD", "POST", "PATCH", "POST", "PATCH"));
}

TEST_F(UploadFaults, AnOffsetThatIsContradictedIsAskedForAgain) {
    UploadServer server{{.tus = true}};
    server.has(file.content.substr(0, 1000));
    auto order = upload_order(server.url());
    order.set_upload_url(server.url("/uploads/1"));
    server.change({.tus = true, .claims = 500});
    upload(order);
    EXPECT_EQ(begun().offset(), 500u);
    EXPECT_EQ(failed().code(), 409);
    EXPECT_THAT(server.methods(),
                ElementsAre("HEAD", "PATCH", "HEAD", "PATCH", "HEAD", "PATCH", "HEAD", "PATCH"));
}

TEST_F(UploadFaults, AServerThatNeverGetsFurtherIsLeftAlone) {
    UploadServer server{{.tus = true, .most = 0}};
    upload(upload_order(server.url()));
    begun();
    EXPECT_EQ(failed().cause(), wire::INVALID_RESPONSE);
}

TEST_F(UploadFaults, AServerThatGoesBackAndForthIsLeftAlone) {
    std::atomic<int> asked = 0;
    test::HttpServer seesaw{[&](const test::HttpRequest& request, test::HttpConnection& connection) {
        bool is_patch = request.method == "PATCH";
        auto offset = ++asked % 4 < 2 ? "0" : "100";
        connection.send(std::string{"HTTP/1.1 "} + (is_patch ? "409 Conflict" : "200 OK") +
                        "\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: " + offset +
                        "\r\nContent-Length: 0\r\n\r\n");
    }};
    auto order = upload_order(seesaw.url("/file"));
    order.set_upload_url(seesaw.url("/uploads/1"));
    upload(order);
    begun();
    EXPECT_EQ(failed().code(), 409);
    EXPECT_LE(asked, 12);
}

TEST_F(UploadFaults, ARequestThatIsTooLargeIsSentInPieces) {
    UploadServer server{{.tus = true, .largest_request = 100'000}};
    upload(upload_order(server.url()));
    begun();
    expect_sent(server);
    size_t refused = 0;
    for (const auto& request : server.requests())
        if (request.method == "PATCH" && std::stoul(request.field("content-length")) > 100'000) ++refused;
    EXPECT_EQ(refused, 3u) << "600,000, 300,000 and 150,000";
    EXPECT_THAT(server.methods(), testing::Contains("POST").Times(1));

    UploadServer strict{{.tus = true, .largest_request = 10}};
    upload(upload_order(strict.url()));
    begun();
    auto failure = failed();
    EXPECT_EQ(failure.code(), 413);
    EXPECT_TRUE(failure.is_final());
}

TEST_F(UploadFaults, AFileThatIsTooLargeIsNotSent) {
    UploadServer server{{.tus = true, .largest_file = Size - 1}};
    upload(upload_order(server.url()));
    auto failure = failed();
    EXPECT_EQ(failure.code(), 413);
    EXPECT_TRUE(failure.is_final());
    EXPECT_THAT(failure.message(), testing::HasSubstr("599999"));
    EXPECT_THAT(server.methods(), ElementsAre("OPTIONS"));
    server.change({.tus = true, .largest_file = Size});
    upload(upload_order(server.url()));
    begun();
    expect_sent(server);
}

TEST_F(UploadFaults, AConflictIsFinalForAWholeFile) {
    UploadServer server{{.refusals = {{"PUT", "409 Conflict"}}}};
    upload(upload_order(server.url("/no/such/folder/file?secret=1")));
    begun();
    auto failure = failed();
    EXPECT_EQ(failure.code(), 409);
    EXPECT_TRUE(failure.is_final());
    EXPECT_THAT(failure.message(), testing::HasSubstr("/no/such/folder/'"));
    EXPECT_THAT(failure.message(), testing::Not(testing::HasSubstr("secret")));
}

TEST_F(UploadFaults, AnOffsetBeyondTheFile) {
    UploadServer server{{.tus = true, .claims = Size + 1}};
    server.has("");
    auto order = upload_order(server.url());
    order.set_upload_url(server.url("/uploads/1"));
    upload(order);
    EXPECT_EQ(failed().cause(), wire::INVALID_RESPONSE);
}

TEST_F(UploadFaults, CreationsThatLeadNowhere) {
    for (const std::string& location :
         {std::string{}, std::string{"ftp://127.0.0.1/1"}, std::string{"http://anna:secret@127.0.0.1/1"},
          "/" + std::string(8000, 'x')}) {
        UploadServer server{{.tus = true, .location = location}};
        upload(upload_order(server.url()));
        EXPECT_EQ(failed().cause(), wire::INVALID_RESPONSE) << location;
    }
}

// ---- the source ----

TEST_F(UploadFaults, ASourceThatChangedMeanwhileIsNotSent) {
    UploadServer server{{.tus = true}};
    auto start = half_an_upload(server, {.tus = true}, upload_order(server.url()));
    auto before = server.requests().size();
    directory.write(Name, content_of(Size, 2));
    upload(resumed(upload_order(server.url()), start));
    auto failure = failed();
    EXPECT_EQ(failure.cause(), wire::LOCAL_FILE_CHANGED);
    EXPECT_THAT(failure.message(), testing::HasSubstr(Name));
    EXPECT_EQ(server.requests().size(), before);
}

TEST_F(UploadFaults, NorIsOneThatWasReplacedByItsLike) {
    UploadServer server{{.tus = true}};
    auto start = half_an_upload(server, {.tus = true}, upload_order(server.url()));
    directory.write("other", file.content);
    const timespec times[] = {{.tv_nsec = UTIME_OMIT},
                              {.tv_sec = start.stamp().modified_ns() / 1'000'000'000,
                               .tv_nsec = start.stamp().modified_ns() % 1'000'000'000}};
    ASSERT_EQ(utimensat(AT_FDCWD, directory.at("other").c_str(), times, 0), 0);
    ASSERT_EQ(rename(directory.at("other").c_str(), directory.at(Name).c_str()), 0);
    upload(resumed(upload_order(server.url()), start));
    EXPECT_EQ(failed().cause(), wire::LOCAL_FILE_CHANGED);
}

/// A server that waits in the middle of the file until the test has done something to the source. Large
/// enough for the rest not to be on its way already.
class UploadChange : public UploadFixture {
protected:
    static constexpr size_t Large = 32 * 1024 * 1024;
    UploadChange() { directory.write(Name, content_of(Large)); }
    /// Answers how many bytes the server got.
    size_t change_in_the_middle(const std::function<void()>& change) {
        std::string arrived;
        serve_and_change(arrived, change);
        return arrived.size();
    }

private:
    void serve_and_change(std::string& arrived, const std::function<void()>& change) {
        test::Gate gate;
        test::HttpServer server{[&](const test::HttpRequest& request, test::HttpConnection& connection) {
            if (request.method == "OPTIONS")
                return connection.send("HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n");
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            while (arrived.size() < 1000)
                arrived += connection.receive(1000);
            connection.wait(gate);
            arrived += connection.receive_all();
            connection.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        }};
        upload(upload_order(server.url("/file")));
        begun();
        wait_for_bytes(1000);
        change();
        gate.open();
        EXPECT_EQ(failed().cause(), wire::LOCAL_FILE_CHANGED);
    }
};

TEST_F(UploadChange, ASourceThatIsWrittenToIsNeverSentToTheEnd) {
    EXPECT_LT(change_in_the_middle([this] { std::fstream{directory.at(Name)} << "other"; }), Large);
}

TEST_F(UploadChange, NorIsOneThatGrows) {
    EXPECT_LT(change_in_the_middle([this] {
                  std::ofstream{directory.at(Name), std::ios::app} << "more";
              }),
              Large);
}

TEST_F(UploadChange, NorIsOneThatShrinks) {
    EXPECT_LT(change_in_the_middle([this] { std::filesystem::resize_file(directory.at(Name), Large / 2); }),
              Large);
}

TEST_F(UploadChange, OneThatIsReplacedIsSentWholeAndStillNotWhatTheNameSays) {
    auto replace = [this] {
        directory.write("other", "new version");
        std::filesystem::rename(directory.at("other"), directory.at(Name));
    };
    EXPECT_EQ(change_in_the_middle(replace), Large);
}

TEST_F(UploadFaults, OnlyPlainFilesAreSent) {
    UploadServer server{{}};
    ASSERT_EQ(symlink(Name, directory.at("link").c_str()), 0);
    ASSERT_EQ(mkfifo(directory.at("pipe").c_str(), 0600), 0);
    ASSERT_EQ(mkdir(directory.at("folder").c_str(), 0700), 0);
    for (const char* name : {"link", "pipe", "folder", "missing"}) {
        auto order = upload_order(server.url());
        order.set_name(name);
        upload(order);
        auto failure = failed();
        EXPECT_EQ(failure.cause(), wire::LOCAL_FILE) << name;
        EXPECT_NE(failure.message(), "") << name;
    }
    EXPECT_TRUE(server.requests().empty());
}

// ---- the reply ----

TEST_F(UploadFaults, AReplyThatBreaksOffIsNone) {
    test::HttpServer server{[](const test::HttpRequest& request, test::HttpConnection& connection) {
        if (request.method == "OPTIONS")
            return connection.send("HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n");
        connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        connection.receive_all();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of");
        connection.close();
    }};
    upload(reply_order(server.url("/file")));
    begun();
    EXPECT_EQ(failed().cause(), wire::SHORT_BODY);
}

TEST_F(UploadFaults, TheReplysDirectoryIsGone) {
    UploadServer server{{}};
    auto order = reply_order(server.url());
    order.set_reply_directory(directory.at("nowhere"));
    upload(order);
    EXPECT_EQ(failed().cause(), wire::LOCAL_FILE);
    EXPECT_TRUE(server.requests().empty()) << "nothing is sent whose response could not be kept";
}

TEST_F(UploadFaults, TheReplyCannotHaveItsName) {
    UploadServer server{{}};
    ASSERT_EQ(mkdir(directory.at("folder").c_str(), 0700), 0);
    auto order = reply_order(server.url());
    order.set_reply_name("folder");
    upload(order);
    EXPECT_EQ(failed().cause(), wire::LOCAL_FILE);
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(UploadFaults, TheReplyWouldReplaceTheSource) {
    UploadServer server{{}};
    ASSERT_EQ(symlink(directory.path().c_str(), directory.at("by-another-way").c_str()), 0);
    auto order = reply_order(server.url());
    order.set_reply_directory(directory.at("by-another-way"));
    order.set_reply_name(Name);
    upload(order);
    EXPECT_EQ(failed().cause(), wire::LOCAL_FILE);
    EXPECT_TRUE(server.requests().empty());
}

} // namespace
} // namespace haulier::transfer
