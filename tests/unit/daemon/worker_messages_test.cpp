// SPDX-License-Identifier: LGPL-2.1-or-later
// What a worker says is untrusted: nothing of it may reach the bus or the store unfit.
#include "base/proxy_list.hpp"
#include "daemon/workers/worker_messages.hpp"

#include "job/http_validation.hpp"
#include "job/validation.hpp"
#include "wire/packet_socket.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <set>

namespace haulier::daemon {

namespace {

TEST(FailureOf, TurnsUnknownCausesIntoOurFault) {
    wire::Failed failed;
    failed.set_cause(static_cast<wire::Cause>(4711));
    EXPECT_EQ(failure_of(failed).error.cause, job::Cause::Internal);
}

TEST(FailureOf, MakesSentencesFitForTheBus) {
    wire::Failed failed;
    failed.set_cause(wire::LOCAL_FILE);
    failed.set_message(std::string{"bad \xff\x01 gr\xc3\xbc\xc3\x9f"} + std::string(10000, 'x'));
    auto failure = failure_of(failed);
    EXPECT_EQ(failure.error.message.substr(0, 15), "bad ?? gr\xc3\xbc\xc3\x9f"
                                                   "xx");
    EXPECT_EQ(failure.error.message.size(), 512U);
    EXPECT_TRUE(failure.fatal);
}

TEST(FailureOf, TakesOnlyAWholeUrlForOne) {
    wire::Failed failed;
    failed.set_remote("https://elsewhere/file");
    EXPECT_EQ(failure_of(failed).remote, "https://elsewhere/file");
    const std::string longest = "https://elsewhere/" + std::string(MaxUrl - 18, 'x');
    failed.set_remote(longest);
    EXPECT_EQ(failure_of(failed).remote, longest);
    for (const auto& bad : {longest + "x", std::string{"http://x/\x07"}, std::string{"http://x/\xff"}}) {
        failed.set_remote(bad);
        EXPECT_EQ(failure_of(failed).remote, "") << bad.substr(0, 20);
    }
}

TEST(StatusOf, MakesSentencesFitForTheBus) {
    wire::Reply answer;
    answer.set_fault(wire::Reply::LOCAL_FILE);
    answer.set_message("bell \x07" + std::string(10000, 'x'));
    auto status = status_of(answer);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message, "bell ?" + std::string(506, 'x'));
}

TEST(Causes, OfTheWireAllHaveOneOfOurs) {
    for (int i = wire::Cause_MIN; i <= wire::Cause_MAX; ++i) {
        if (!wire::Cause_IsValid(i) || i == wire::INTERNAL) continue;
        wire::Failed failed;
        failed.set_cause(static_cast<wire::Cause>(i));
        EXPECT_NE(failure_of(failed).error.cause, job::Cause::Internal) << i;
    }
}

FetchOrder sample_order() {
    FetchOrder order;
    order.job = job::Id{std::string(32, 'a')};
    order.index = 3;
    order.file.spec.remote = "http://example.org/f";
    order.file.spec.local = "/srv/f";
    order.file.validators = {"\"tag\"", "", false};
    order.file.total = 100;
    order.segments = {job::Segment{}};
    return order;
}

TEST(ToWire, TellsWhatIsStoredOnlyWhenThereAreBytes) {
    auto order = sample_order();
    EXPECT_FALSE(to_wire(1, order).has_identity());
    order.offset = 50;
    auto fetch = to_wire(1, order);
    EXPECT_EQ(fetch.identity().etag(), "\"tag\"");
    EXPECT_EQ(fetch.identity().size(), 100U);
    EXPECT_EQ(fetch.directory(), "/srv");
    EXPECT_EQ(fetch.temporary(), ".haulier-" + std::string(32, 'a') + "-3.part");
    EXPECT_EQ(fetch.url(), "http://example.org/f");
    EXPECT_FALSE(fetch.size_limit_known());
}

TEST(ToWire, SaysHowAFinishedFileMustBe) {
    PublishOrder order{job::Id{std::string(32, 'a')}, 3, sample_order().file, 027};
    auto publish = to_wire(9, order);
    EXPECT_TRUE(publish.size_known());
    EXPECT_EQ(publish.size(), 100U);
    EXPECT_FALSE(publish.mode_known());
    EXPECT_EQ(publish.umask(), 027U);
    order.file.total = job::UnknownSize;
    EXPECT_FALSE(to_wire(9, order).size_known());

    auto fetched = sample_order();
    EXPECT_FALSE(to_wire(1, fetched).umask_known());
    fetched.umask = 027;
    fetched.file.spec.mode = 0600;
    EXPECT_EQ(to_wire(1, fetched).umask(), 027U);
    EXPECT_TRUE(to_wire(1, fetched).mode_known());
    EXPECT_EQ(to_wire(1, fetched).mode(), 0600U);
}

constexpr std::chrono::milliseconds CallTimeout{25'000};

notify::Delivery sample_delivery(notify::Content content) {
    return {job::Id{std::string(32, 'a')},
            1000,
            {"org.example.App", "/app", notify::Target::Kind::SessionService},
            std::move(content)};
}

TEST(ToWire, SaysWhatToTellAService) {
    auto call = to_wire(9, sample_delivery(notify::JobTransferred{}), CallTimeout);
    EXPECT_EQ(call.request(), 9U);
    EXPECT_EQ(call.name(), "org.example.App");
    EXPECT_EQ(call.path(), "/app");
    EXPECT_EQ(call.job(), "/org/haulier/Haulier1/job/" + std::string(32, 'a'));
    EXPECT_EQ(call.id(), std::string(32, 'a'));
    EXPECT_EQ(call.timeout_ms(), 25000U);
    EXPECT_EQ(call.method(), wire::Call::JOB_TRANSFERRED);
    EXPECT_FALSE(call.has_failure());
    EXPECT_FALSE(call.has_file());

    notify::JobFailed failed{{job::Cause::HttpStatus, 404, "not there", 2}};
    call = to_wire(9, sample_delivery(failed), CallTimeout);
    EXPECT_EQ(call.method(), wire::Call::JOB_ERROR);
    EXPECT_EQ(call.failure().context(), "remote-file");
    EXPECT_EQ(call.failure().name(), "http-status");
    EXPECT_EQ(call.failure().code(), 404);
    EXPECT_EQ(call.failure().message(), "not there");
    EXPECT_EQ(call.failure().file(), 2U);

    notify::FileTransferred file{3, "http://example.org/f", "/srv/.f.part"};
    call = to_wire(9, sample_delivery(file), CallTimeout);
    EXPECT_EQ(call.method(), wire::Call::FILE_TRANSFERRED);
    EXPECT_EQ(call.file().index(), 3U);
    EXPECT_EQ(call.file().remote(), "http://example.org/f");
    EXPECT_EQ(call.file().temporary(), "/srv/.f.part");
}

TEST(ToWire, AsksAServiceForAnotherRemoteName) {
    auto call =
        to_wire(9, sample_delivery(notify::RemoteNameExpired{3, "http://example.org/f"}), CallTimeout);
    EXPECT_EQ(call.method(), wire::Call::REMOTE_NAME_EXPIRED);
    EXPECT_EQ(call.file().index(), 3U);
    EXPECT_EQ(call.file().remote(), "http://example.org/f");
}

TEST(ToWire, DoesNotTellServicesOfProgress) {
    EXPECT_THROW(to_wire(9, sample_delivery(notify::JobModified{}), CallTimeout), std::logic_error);
    EXPECT_THROW(to_wire(9, sample_delivery(notify::FileRangesTransferred{}), CallTimeout), std::logic_error);
}

TEST(ToWire, TheLongestCallFitsIntoAPacket) {
    notify::JobFailed failed{{job::Cause::HttpStatus, 404, std::string(16 * 1024, 's'), 2}};
    notify::FileTransferred file{~0U, std::string(MaxUrl, 'u'), std::string(job::MaxLocalName, 't')};
    for (const auto& content : {notify::Content{failed}, notify::Content{file}}) {
        auto delivery = sample_delivery(content);
        delivery.target.destination = "a." + std::string(253, 'b');
        delivery.target.path = std::string(job::MaxObjectPath, 'p');
        wire::ToWorker message;
        *message.mutable_call() = to_wire(~0ULL, delivery, CallTimeout);
        EXPECT_LT(message.SerializeAsString().size(), wire::MaxPacket);
    }
}

TEST(VerdictOf, OfTheWireAllHaveOneOfOurs) {
    std::set<CallOutcome> seen;
    for (int i = wire::Reply::CallOutcome_MIN; i <= wire::Reply::CallOutcome_MAX; ++i) {
        wire::Reply answer;
        answer.set_call_outcome(static_cast<wire::Reply::CallOutcome>(i));
        seen.insert(call_outcome_of(answer));
    }
    EXPECT_EQ(seen.size(), 8U);
}

TEST(VerdictOf, TakesNothingUnknownForAnAcknowledgement) {
    EXPECT_EQ(call_outcome_of(wire::Reply{}), CallOutcome::Unanswered);
    wire::Reply answer;
    answer.set_call_outcome(static_cast<wire::Reply::CallOutcome>(4711));
    EXPECT_EQ(call_outcome_of(answer), CallOutcome::Unanswered);
}

TEST(ToWire, TellsOfWhichVersionTheBytesOfASparseFileAre) {
    auto order = sample_order();
    order.sparse = true;
    EXPECT_FALSE(to_wire(1, order).has_identity());
    order.file.filled = {{500, 10}};
    EXPECT_TRUE(to_wire(1, order).has_identity());
}

TEST(ToWire, SaysHowToFetch) {
    auto order = sample_order();
    order.segments = {{100, 20, 0}, {900, job::ToEnd, 20}};
    order.from_zero = true;
    order.no_checkpoints = true;
    order.size_limit = 0;
    order.file.spec.mirrors = {"http://mirror.example/f"};
    order.file.source = 1;
    order.options.job = "1234";
    order.options.background = true;
    auto& http = order.options.http;
    http.headers = {"X-One: 1", "X-Two: \xc3\xbc"};
    http.method = "POST";
    http.redirect = job::RedirectPolicy::Disallow;
    http.security.ignore_dates = true;
    http.client_certificate = "/home/x/c.pem";
    http.certificate_authority = "/home/x/ca.pem";
    http.proxy = {job::Proxy::Mode::Override, "http://proxy:3128", "<local>"};
    http.credentials = {
        {job::Credentials::Target::Proxy, job::Credentials::Scheme::Ntlm, "anna", "secret", ""}};

    wire::Fetch fetch;
    ASSERT_TRUE(fetch.ParseFromString(to_wire(9, order).SerializeAsString()));
    EXPECT_EQ(fetch.ticket(), 9U);
    EXPECT_EQ(fetch.url(), "http://mirror.example/f");
    ASSERT_EQ(fetch.segments_size(), 2);
    EXPECT_EQ(fetch.segments(1).remote(), 900U);
    EXPECT_EQ(fetch.segments(1).length(), ~uint64_t{0});
    EXPECT_EQ(fetch.segments(1).local(), 20U);
    EXPECT_TRUE(fetch.from_zero() && fetch.no_checkpoints() && !fetch.sparse());
    EXPECT_TRUE(fetch.size_limit_known());
    EXPECT_EQ(fetch.size_limit(), 0U);
    EXPECT_EQ(fetch.http().headers(1), "X-Two: \xc3\xbc");
    EXPECT_EQ(fetch.http().method(), "POST");
    EXPECT_EQ(fetch.http().redirect(), wire::Http::DISALLOW);
    EXPECT_TRUE(fetch.http().ignore_dates());
    EXPECT_FALSE(fetch.http().allow_https_to_http());
    EXPECT_EQ(fetch.http().client_certificate(), "/home/x/c.pem");
    EXPECT_EQ(fetch.http().certificate_authority(), "/home/x/ca.pem");
    EXPECT_EQ(fetch.http().proxy_mode(), wire::Http::OVERRIDE);
    EXPECT_EQ(fetch.http().proxy_bypass(), "<local>");
    EXPECT_TRUE(fetch.http().credentials(0).proxy());
    EXPECT_EQ(fetch.http().credentials(0).scheme(), wire::Http::Credentials::NTLM);
    EXPECT_EQ(fetch.http().job(), "1234");
    EXPECT_TRUE(fetch.http().background());
}

TEST(ToWire, SaysWhatIsHereAndWhereElseTheFileIs) {
    auto order = sample_order();
    order.offset = 30;
    order.file.pieces = {{0, 10}, {50, 20}};
    order.connections = 4;
    order.split_from = 1000;
    order.mirrors = {
        {"http://mirror.example/f",
         {{job::Credentials::Target::Server, job::Credentials::Scheme::Basic, "anna", "secret", ""}}}};
    auto fetch = to_wire(9, order);
    ASSERT_EQ(fetch.pieces_size(), 2);
    EXPECT_EQ(fetch.pieces(1).begin(), 50U);
    EXPECT_EQ(fetch.pieces(1).end(), 70U);
    EXPECT_EQ(fetch.connections(), 4U);
    EXPECT_EQ(fetch.split_from(), 1000U);
    ASSERT_EQ(fetch.mirrors_size(), 1);
    EXPECT_EQ(fetch.mirrors(0).url(), "http://mirror.example/f");
    EXPECT_EQ(fetch.mirrors(0).credentials(0).user(), "anna");
    order.offset = 0;
    EXPECT_EQ(to_wire(9, order).pieces_size(), 0) << "nothing of it counts";

    wire::Checkpoint checkpoint;
    checkpoint.set_offset(30);
    *checkpoint.mutable_pieces() = fetch.pieces();
    EXPECT_EQ(report_of(checkpoint).pieces, order.file.pieces);
}

TEST(ToWire, TellsThatBytesMayBeOfASourceThatIsOutOfTheQuestionByNow) {
    auto order = sample_order();
    order.offset = 30;
    EXPECT_FALSE(to_wire(9, order).may_be_mixed()) << "there is one source";
    order.file.spec.mirrors = {"http://mirror.example/f"};
    order.file.source_statuses = {{3, true}, {}};
    order.file.source = 1;
    EXPECT_FALSE(to_wire(9, order).has_other_sources());
    EXPECT_TRUE(to_wire(9, order).may_be_mixed());
    order.options.peer = true;
    EXPECT_FALSE(to_wire(9, order).may_be_mixed()) << "peers are judged otherwise";
    order.options.peer = false;
    order.offset = 0;
    EXPECT_FALSE(to_wire(9, order).may_be_mixed()) << "nothing of it is here";
}

TEST(ToWire, LimitsFitIntoAPacketHoweverManyJobsHaveOne) {
    BandwidthLimits limits{job::UnknownSize, job::UnknownSize, {}};
    for (int i = 0; i < 3000; ++i)
        limits.jobs[fmt::format("{:032x}", i)] = job::UnknownSize;
    wire::ToWorker message;
    *message.mutable_limits() = to_wire(limits);
    EXPECT_LE(message.SerializeAsString().size(), wire::MaxPacket);
    EXPECT_EQ(message.limits().all(), job::UnknownSize);
    EXPECT_EQ(message.limits().jobs(1).job(), fmt::format("{:032x}", 1));
}

/// `bytes` in lines that are as short as they can be, so that there are as many as can be.
std::vector<std::string> short_headers(size_t bytes) {
    return std::vector<std::string>(bytes / 2, "a:");
}

RequestOptions longest_manner() {
    using Target = job::Credentials::Target;
    using Scheme = job::Credentials::Scheme;
    RequestOptions options;
    options.job = std::string(32, 'f');
    options.background = true;
    auto& http = options.http;
    http.headers = short_headers(job::MaxHeaders);
    http.method = std::string(job::MaxMethod, 'M');
    http.security = {true, true, true, true, true, true};
    http.redirect = job::RedirectPolicy::Disallow;
    http.client_certificate = std::string(job::MaxLocalName, 'c');
    http.certificate_authority = std::string(job::MaxLocalName, 'a');
    http.proxy = {job::Proxy::Mode::Override, std::string(MaxProxyList, 'p'), std::string(MaxProxyList, 'b')};
    const std::string half(job::MaxAllCredentials / 2, 's');
    http.credentials = {{Target::Server, Scheme::Bearer, "", half, ""},
                        {Target::Proxy, Scheme::Negotiate, half, "", ""}};
    return options;
}

FetchOrder longest_order() {
    auto order = sample_order();
    order.file.spec.remote = std::string(MaxUrl, 'u');
    order.file.spec.local = "/" + std::string(job::MaxLocalName - 1, 'l');
    order.file.spec.checksum = {job::Checksum::Kind::Sha512, std::string(128, 'f')};
    order.file.validators = {std::string(1024, 'e'), std::string(64, 'd'), true};
    order.file.upload_url = order.file.spec.remote;
    order.offset = MaxFileSize;
    order.size_limit = MaxFileSize;
    order.options = longest_manner();
    // As many as a packet has for the holes of a sparse file; of a file with ranges there are 500.
    order.segments.assign(1000, {MaxFileSize, job::ToEnd, MaxFileSize});
    return order;
}

TEST(ToWire, TheLongestOrderThatIsLegalFitsIntoAPacket) {
    wire::ToWorker message;
    auto order = longest_order();
    *message.mutable_fetch() = to_wire(~uint64_t{0}, order);
    EXPECT_LE(message.ByteSizeLong(), wire::MaxPacket);
    order.segments = {{}};
    order.file.pieces.edit().assign(MaxPieces, {MaxFileSize / 2, MaxFileSize / 2});
    order.mirrors.assign(MaxConnections - 1, {std::string(MaxMirrorText / (MaxConnections - 1), 'm'), {}});
    *message.mutable_fetch() = to_wire(~uint64_t{0}, order);
    EXPECT_LE(message.ByteSizeLong(), wire::MaxPacket);
    *message.mutable_upload() =
        to_wire(~uint64_t{0}, UploadOrder{order.file, order.options, order.file.spec.local, ""});
    EXPECT_LE(message.ByteSizeLong(), wire::MaxPacket);
    *message.mutable_delete_upload() =
        to_wire(~uint64_t{0}, AbandonOrder{order.file.upload_url, order.options});
    EXPECT_LE(message.ByteSizeLong(), wire::MaxPacket);
}

TEST(ToWire, SaysHowToUpload) {
    UploadOrder order;
    order.file.spec.remote = "http://example.org/in/";
    order.file.spec.local = "/home/x/photo";
    auto upload = to_wire(4, order);
    EXPECT_EQ(upload.name(), "photo");
    EXPECT_FALSE(upload.has_stamp()) << "this is the beginning";
    EXPECT_FALSE(upload.want_reply());

    order.file.upload_url = "http://example.org/in/1";
    order.file.stamp = job::SourceStamp{{7, 8}, 100, -5};
    order.reply_file = "/home/x/answer";
    order.reply_temporary = ".part";
    upload = to_wire(4, order);
    EXPECT_EQ(upload.upload_url(), "http://example.org/in/1");
    EXPECT_EQ(upload.stamp().inode().number(), 8U);
    EXPECT_EQ(upload.stamp().modified_ns(), -5);
    EXPECT_EQ(upload.reply_directory(), "/home/x");
    EXPECT_TRUE(upload.want_reply());
}

TEST(Checks, OfAnUploadAreAboutItsSource) {
    job::FileSpec spec;
    spec.remote = "http://example.org/f";
    spec.mirrors = {"http://mirror.example/f"};
    spec.local = "/srv/f";
    job::Job job;
    auto item = to_wire(check_of(spec, job));
    EXPECT_EQ(item.directory(), "/srv");
    EXPECT_EQ(item.mirrors(0), "http://mirror.example/f");
    EXPECT_FALSE(item.upload());
    job.type = job::Type::Upload;
    EXPECT_TRUE(to_wire(check_of(spec, job)).upload());
}

TEST(BegunOf, IsFitForTheStore) {
    wire::Begun said;
    said.set_offset(5);
    said.set_restarted(true);
    said.mutable_identity()->set_etag("\"x\"");
    said.set_headers("HTTP/1.1 200 OK\nX: \x01\xff\nLast");
    said.set_remote("http://elsewhere/");
    said.set_upload_url("http://elsewhere/\n");
    auto begun = begun_of(said);
    EXPECT_EQ(begun.report.offset, 5U);
    EXPECT_EQ(begun.report.total, job::UnknownSize);
    EXPECT_EQ(begun.report.validators.etag, "\"x\"");
    EXPECT_TRUE(begun.restarted);
    EXPECT_EQ(begun.headers, "HTTP/1.1 200 OK\nX: ??\nLast\n");
    EXPECT_EQ(begun.remote, "http://elsewhere/");
    EXPECT_EQ(begun.upload_url, "");
    EXPECT_FALSE(begun.stamp);
    said.mutable_stamp()->set_size(9);
    EXPECT_EQ(begun_of(said).stamp->size, 9U);
    said.set_headers(std::string(1 << 20, 'h'));
    EXPECT_LE(begun_of(said).headers.size(), (16U << 10) + 1);
}

TEST(ProgressOf, HasAReplyOnceItBegins) {
    wire::Progress said;
    said.set_received(3);
    EXPECT_FALSE(progress_of(said).reply);
    said.set_replying(true);
    said.set_reply_received(2);
    EXPECT_EQ(progress_of(said).reply->total, job::UnknownSize);
    said.set_reply_size_known(true);
    said.set_reply_size(4);
    EXPECT_EQ(progress_of(said).reply->total, 4U);
    EXPECT_EQ(progress_of(said).moved, 3U);
}

TEST(FetchedOf, KnowsTheSizeOfTheStreamAndOfTheRemoteFile) {
    wire::Fetched said;
    said.set_size(30);
    said.mutable_identity()->set_size_known(true);
    said.mutable_identity()->set_size(1000);
    said.mutable_inode()->set_number(12);
    auto fetched = fetched_of(said);
    EXPECT_EQ(fetched.report.offset, 30U);
    EXPECT_EQ(fetched.report.total, 1000U);
    EXPECT_EQ(fetched.inode.number, 12U);
    EXPECT_FALSE(fetched.reply);
    said.set_replied(true);
    EXPECT_EQ(fetched_of(said).reply, 0U);
    EXPECT_FALSE(fetched.not_modified);
    said.set_not_modified(true);
    EXPECT_TRUE(fetched_of(said).not_modified);
}

} // namespace

} // namespace haulier::daemon
