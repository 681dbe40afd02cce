// SPDX-License-Identifier: LGPL-2.1-or-later
// Single files: new names, the client's verdict, pieces on demand, redirects, uploads
// (BITS 1.4, 1.7, 3.7, 3.8, 6.6; D-22, D-30, D-34).
#include "job/mirrors.hpp"
#include "job/validation.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

using Ranges = std::vector<Range>;

/// One on-demand file.
struct OnDemandTest : testing::Test {
    Sample s{request()};

    static Request request() {
        auto r = request_for(1);
        r.settings.set<&Settings::on_demand>(true);
        return r;
    }
    void ask(const Ranges& ranges) {
        s.take(*request_ranges(s.job, 0, s.files[0], ranges, Limits{}, at_second(1)));
    }
    void start() {
        s.take(*resume(s.job, s.files, at_second(1)));
        s.grant();
        s.take(*begun(s.job, 0, s.files[0], first_answer(1000), Limits{}, at_second(1)));
    }
    /// The worker has fetched all of the order.
    void arrive(uint64_t bytes, uint64_t total = 1000) {
        Fetched all;
        all.report = report(bytes, total);
        s.take(*fetched(s.job, 0, s.files, all, segments_of(s.files[0], true), Limits{}, at_second(2)));
    }
    Errc refusal(const Ranges& ranges) {
        return code_of(request_ranges(s.job, 0, s.files[0], ranges, Limits{}, at_second(1)));
    }
};

TEST_F(OnDemandTest, NeedsARequestToRun) {
    EXPECT_EQ(wait_reason(s.job, {}).word, "needs-ranges");
    EXPECT_EQ(code_of(resume(s.job, s.files, at_second(1))), Errc::Empty);
    ask({{10, 5}});
    EXPECT_EQ(wait_reason(s.job, {}).word, "suspended");
    EXPECT_EQ(resume(s.job, s.files, at_second(1))->job.state, State::Queued);
}

TEST_F(OnDemandTest, IsSuspendedWhenItsRequestsAreHere) {
    ask({{10, 5}, {0, 2}});
    start();
    arrive(7);
    EXPECT_EQ(s.job.state, State::Suspended);
    EXPECT_EQ(wait_reason(s.job, {}).word, "needs-ranges");
    EXPECT_EQ(*filled_ranges(s.job, s.files[0]), (Ranges{{0, 2}, {10, 5}}));
    EXPECT_EQ(s.files[0].offset, 7U);
    EXPECT_TRUE(s.files[0].wanted.empty());
    EXPECT_FALSE(s.files[0].transferred);
    // What is here already is nothing to ask for.
    ask({{11, 2}});
    EXPECT_EQ(code_of(resume(s.job, s.files, at_second(3))), Errc::Empty);
}

TEST_F(OnDemandTest, IsTransferredWhenTheFileIsWhole) {
    ask({{0, 500}});
    start();
    arrive(500);
    s.take(*update_position(s.job, 0, s.files[0], 700, at_second(3)));
    EXPECT_EQ(segments_of(s.files[0], true), (std::vector<Segment>{{700, 300, 700}, {500, 200, 500}}));
    start();
    arrive(500);
    EXPECT_EQ(s.job.state, State::Transferred);
    EXPECT_EQ(s.files[0].filled, (Ranges{{0, 1000}}));
}

TEST_F(OnDemandTest, LearnsTheSizeOnTheWay) {
    s.take(*update_position(s.job, 0, s.files[0], 100, at_second(1)));
    auto segments = segments_of(s.files[0], true);
    EXPECT_EQ(segments, (std::vector<Segment>{{100, ToEnd, 100}, {0, 100, 0}}));
    start();
    s.take(*checkpointed(s.job, 0, s.files[0], report(950, 1000), segments, at_second(2)));
    EXPECT_EQ(s.files[0].filled, (Ranges{{0, 50}, {100, 900}}));
    EXPECT_EQ(s.files[0].offset, 950U);
}

TEST_F(OnDemandTest, FetchesWhatWasAskedForMeanwhile) {
    ask({{0, 10}});
    start();
    auto order = segments_of(s.files[0], true);
    ask({{20, 10}});
    Fetched all;
    all.report = report(10, 1000);
    s.take(*fetched(s.job, 0, s.files, all, order, Limits{}, at_second(2)));
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(segments_of(s.files[0], true), (std::vector<Segment>{{20, 10, 20}}));
}

TEST_F(OnDemandTest, AnotherPositionRestartsARunningJob) {
    ask({{0, 10}});
    start();
    s.take(*update_position(s.job, 0, s.files[0], 0, at_second(2)));
    EXPECT_TRUE(has(s.effects, Effect::StopTransfers));
    EXPECT_EQ(s.files[0].wanted, (Ranges{{0, ToEnd}}));
}

TEST_F(OnDemandTest, AnotherVersionVoidsAllPiecesAndTheyAreFetchedAgain) {
    ask({{0, 10}});
    start();
    arrive(10);
    ask({{20, 10}});
    start();
    s.take(*begun(s.job, 0, s.files[0], other_version("\"b\"", 2000), Limits{}, at_second(3)));
    EXPECT_TRUE(s.files[0].filled.empty());
    EXPECT_EQ(s.files[0].offset, 0U);
    EXPECT_EQ(s.files[0].wanted, (Ranges{{0, 10}, {20, 10}}));
}

TEST_F(OnDemandTest, ACrashBehindTheLastCheckpointLeavesNothingStuck) {
    ask({{0, 10}});
    start();
    auto order = segments_of(s.files[0], true);
    s.take(*checkpointed(s.job, 0, s.files[0], report(10, 1000), order, at_second(2)));
    s.take(recover(s.job, at_second(3)));
    EXPECT_FALSE(settled(s.job, s.files, at_second(3)));
    s.grant(4);
    s.take(*settled(s.job, s.files, at_second(4)));
    EXPECT_EQ(s.job.state, State::Suspended);
    EXPECT_EQ(wait_reason(s.job, {}).word, "needs-ranges");
}

TEST_F(OnDemandTest, AWholeFileIsNotDoneBeforeTheWorkerSaysSo) {
    ask({{0, ToEnd}});
    start();
    auto order = segments_of(s.files[0], true);
    s.take(*checkpointed(s.job, 0, s.files[0], report(1000, 1000), order, at_second(2)));
    s.take(recover(s.job, at_second(3)));
    s.grant(4);
    EXPECT_FALSE(settled(s.job, s.files, at_second(4)));
    EXPECT_TRUE(is_filled(s.files[0]));
    arrive(0);
    EXPECT_EQ(s.job.state, State::Transferred);
}

TEST_F(OnDemandTest, AChecksumIsOfTheWholeAndNeedsALookOfItsOwn) {
    s.files[0].spec.checksum = Checksum{Checksum::Kind::Md5, std::string(32, '0')};
    ask({{0, ToEnd}});
    start();
    arrive(1000);
    EXPECT_EQ(s.job.state, State::Transferring);
    Failure wrong = fatal_failure();
    wrong.error.cause = Cause::ChecksumMismatch;
    wrong.void_offset = true;
    s.fail(wrong, 3);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(s.files[0].wanted, (Ranges{{0, 1000}}));
    s.take(*begun(s.job, 0, s.files[0], first_answer(1000), Limits{}, at_second(4)));
    arrive(1000);
    arrive(0);
    EXPECT_EQ(s.job.state, State::Transferred);
}

TEST_F(OnDemandTest, AMirrorIsAskedForWhatTheFirstSourceDoesNotHave) {
    s.files[0].spec.mirrors = {"https://mirror.example/f0"};
    ask({{5000, 10}, {0, 10}});
    start();
    Failure beyond = fatal_failure();
    beyond.error.cause = Cause::InvalidRange;
    s.fail(beyond, 2);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(s.files[0].wanted.size(), 2U);
    s.fail(beyond, 3);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.files[0].wanted, (Ranges{{0, 10}}));
}

TEST_F(OnDemandTest, ARequestBeyondTheEndIsForgottenWithItsFailure) {
    ask({{5000, 10}});
    start();
    Failure beyond = fatal_failure();
    beyond.error.cause = Cause::InvalidRange;
    s.fail(beyond, 2);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_TRUE(s.files[0].wanted.empty());
    EXPECT_EQ(code_of(resume(s.job, s.files, at_second(3))), Errc::Empty);
}

TEST_F(OnDemandTest, RefusesWhatCannotBe) {
    EXPECT_EQ(refusal({}), Errc::InvalidArgument);
    EXPECT_EQ(refusal({{0, 0}}), Errc::InvalidRange);
    EXPECT_EQ(refusal(Ranges(501, {0, 1})), Errc::TooManyRanges);
    ask(Ranges(500, {0, 1}));
    EXPECT_EQ(refusal({{0, 1}}), Errc::TooManyRanges);
    s.files[0].total = 100;
    EXPECT_EQ(refusal({{99, 2}}), Errc::InvalidRange);
    EXPECT_EQ(code_of(update_position(s.job, 0, s.files[0], 100, at_second(1))), Errc::InvalidRange);
    EXPECT_TRUE(update_position(s.job, 0, s.files[0], 99, at_second(1)));
}

TEST(OnDemand, IsAChoice) {
    Sample s{1};
    EXPECT_EQ(code_of(request_ranges(s.job, 0, s.files[0], {{0, 1}}, Limits{}, at_second(1))),
              Errc::NotSupported);
    EXPECT_EQ(code_of(update_position(s.job, 0, s.files[0], 0, at_second(1))), Errc::NotSupported);
    EXPECT_EQ(code_of(filled_ranges(s.job, s.files[0])), Errc::NotSupported);
}

TEST(FileNumber, IsOneOfTheJobs) {
    Sample s{2};
    EXPECT_EQ(*file_number(s.job, 1), 1U);
    EXPECT_EQ(code_of(file_number(s.job, 2)), Errc::InvalidArgument);
}

TEST(SetValidationState, OfAFileThatCouldNotBeNamedCountsOnce) {
    Sample s{2};
    s.run();
    s.fetch(0);
    s.fetch(1);
    s.take(*unpublished(s.job, 0, s.files[0]));
    s.take(*set_validation(s.job, 0, s.files[0], false, at_second(3)));
    EXPECT_EQ(s.job.files_transferred, 1U);
    s.take(*resume(s.job, s.files, at_second(4)));
    EXPECT_EQ(s.job.files_transferred, 1U);
}

TEST(SetRemoteName, KeepsWhatIsHereAndAsksThere) {
    Sample s{1};
    s.run();
    s.take(*checkpointed(s.job, 0, s.files[0], report(50, 100, "\"a\""), {}, at_second(2)));
    s.files[0].source = 1;
    s.take(*set_remote_name(s.job, 0, s.files[0], "https://me:pw@other.example/f", at_second(3)));
    EXPECT_EQ(s.files[0].spec.remote, "https://other.example/f");
    EXPECT_EQ(s.files[0].offset, 50U);
    EXPECT_EQ(s.files[0].validators.etag, "\"a\"");
    EXPECT_EQ(s.files[0].source, 0U);
    EXPECT_EQ(s.job.http.credentials.front().only_for, "other.example:443");
    EXPECT_EQ(s.effects, (std::vector<Effect>{Effect::StopTransfers}));
    auto bad = [&](const std::string& url) {
        return code_of(set_remote_name(s.job, 0, s.files[0], url, at_second(3)));
    };
    EXPECT_EQ(bad("nowhere"), Errc::InvalidArgument);
    EXPECT_EQ(bad("ftp://host/x"), Errc::NotSupported);
    EXPECT_EQ(bad("http://h/" + std::string(8000, 'x')), Errc::StringTooLong);
}

TEST(SetRemoteName, EndsTheWaitOfItsJob) {
    Sample s{1};
    s.run();
    auto failure = transient_failure();
    failure.storage = true; // without a date, nothing else would end it
    FixedRandom random{0};
    s.take(*failed(s.job, 0, s.files, failure, {}, {}, random, at_second(2)));
    ASSERT_EQ(s.job.state, State::TransientError);
    auto renamed = set_remote_name(s.job, 0, s.files[0], "https://other.example/f", at_second(3));
    EXPECT_EQ(renamed->job.state, State::Queued);
    EXPECT_EQ(renamed->job.wait, Wait::Retry);
    auto replaced = [&](const char* from) {
        return replace_remote_prefix(s.job, s.files, from, "http://x/", at_second(3))->job.state;
    };
    EXPECT_EQ(replaced("https://example.org/"), State::Queued);
    EXPECT_EQ(replaced("https://nowhere.org/"), State::TransientError);
}

TEST(ReplaceRemotePrefix, D34ChangesNamesAndFetchesNothingAgain) {
    Sample s{2};
    s.run();
    s.fetch(0);
    auto replaced = [&](const char* from, const char* to) {
        return replace_remote_prefix(s.job, s.files, from, to, at_second(3));
    };
    EXPECT_TRUE(replaced("https://EXAMPLE.org/", "http://x/")->files.empty());
    EXPECT_EQ(code_of(replaced("", "http://x/")), Errc::InvalidArgument);
    EXPECT_EQ(code_of(replaced("https://", "")), Errc::InvalidArgument);
    s.take(*replaced("https://example.org/", "http://mirror.example/pub/"));
    EXPECT_EQ(s.files[0].spec.remote, "http://mirror.example/pub/f0");
    EXPECT_TRUE(s.files[0].transferred);
    EXPECT_EQ(s.effects, (std::vector<Effect>{Effect::StopTransfers}));
}

TEST(Validation, D30OfFalseFailsTheJobAndStartsTheFileAgain) {
    Sample s{2};
    s.run();
    EXPECT_EQ(code_of(set_validation(s.job, 0, s.files[0], false, at_second(2))), Errc::Pending);
    s.fetch(0);
    s.fetch(1);
    s.take(*set_validation(s.job, 1, s.files[1], true, at_second(3)));
    EXPECT_EQ(s.files[1].validation, Validation::Valid);
    EXPECT_EQ(s.job.state, State::Transferred);
    s.take(*set_validation(s.job, 0, s.files[0], false, at_second(3)));
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.job.error->cause, Cause::ValidationFailed);
    EXPECT_EQ(s.job.error->file, 0U);
    EXPECT_EQ(s.job.files_transferred, 1U);
    EXPECT_EQ(s.job.transferred_at, WallTime{});
    EXPECT_EQ(s.files[0].offset, 0U);
    EXPECT_FALSE(s.files[0].transferred);
    EXPECT_TRUE(s.revoked.end);
    EXPECT_EQ(s.revoked.files, std::vector<uint32_t>{0});
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::Error, 0}}));
    s.take(*resume(s.job, s.files, at_second(4)));
    s.run();
    s.fetch(0);
    EXPECT_EQ(s.files[0].validation, Validation::None);
    EXPECT_EQ(s.job.state, State::Transferred);
}

TEST(Redirects, D22ReportedOnesBecomeTheRemoteName) {
    Sample s{1};
    s.grant();
    auto answer = first_answer();
    answer.remote = "https://cdn.example/f0";
    answer.headers = "server: x\n";
    s.take(*begun(s.job, 0, s.files[0], answer, Limits{}, at_second(1)));
    EXPECT_EQ(s.files[0].spec.remote, "https://cdn.example/f0");
    EXPECT_EQ(s.files[0].response_headers, "server: x\n");
    Failure refused = fatal_failure();
    refused.error.code = 302;
    refused.remote = "https://elsewhere.example/f0";
    s.fail(refused, 2);
    EXPECT_EQ(s.files[0].spec.remote, "https://elsewhere.example/f0");
    EXPECT_EQ(s.job.state, State::Error);
}

TEST(Redirects, TheNameIsAskedOnceMoreWhenAReportedOneIsRefused) {
    Sample s{1};
    s.grant();
    auto answer = first_answer();
    answer.remote = "https://cdn.example/signed?1";
    s.take(*begun(s.job, 0, s.files[0], answer, Limits{}, at_second(1)));
    answer.remote = "https://cdn.example/signed?2";
    s.take(*begun(s.job, 0, s.files[0], answer, Limits{}, at_second(1)));
    EXPECT_TRUE(s.files[0].redirected_cross_origin);
    auto expired = fatal_failure();
    expired.error.code = 403;
    s.fail(expired, 2);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(s.files[0].spec.remote, "https://example.org/f0");
    EXPECT_FALSE(s.files[0].redirected_cross_origin);
    s.fail(expired, 3);
    EXPECT_EQ(s.job.state, State::Error) << "once";
}

TEST(Redirects, ToNowhereLeaveTheName) {
    Sample s{1};
    s.run();
    Failure refused = fatal_failure();
    refused.remote = "gopher://elsewhere.example/";
    s.fail(refused, 2);
    EXPECT_EQ(s.files[0].spec.remote, "https://example.org/f0");
}

TEST(Redirects, ThatAreTooMuchBesideTheMirrorsLeaveTheName) {
    Sample s{1};
    s.files[0].spec.mirrors.edit().resize(4, "https://mirror.example/" + std::string(MaxUrl - 23, 'm'));
    s.grant();
    auto answer = first_answer();
    answer.remote = "https://cdn.example/" + std::string(1000, 'x');
    s.take(*begun(s.job, 0, s.files[0], answer, Limits{}, at_second(1)));
    EXPECT_EQ(s.files[0].spec.remote, "https://example.org/f0");
    EXPECT_FALSE(s.files[0].redirected_cross_origin);
    answer.remote = "https://cdn.example/" + std::string(100, 'x');
    s.take(*begun(s.job, 0, s.files[0], answer, Limits{}, at_second(1)));
    EXPECT_EQ(s.files[0].spec.remote, answer.remote);
}

TEST(MaximumDownloadSize, IsHeldAtTheBoundAndOneAbove) {
    auto request = request_for(1, true);
    request.settings.set<&Settings::maximum_download_size>(100);
    Sample fits{request};
    fits.run();
    EXPECT_EQ(fits.job.state, State::Transferring);
    Sample exceeds{request};
    exceeds.grant();
    exceeds.take(*begun(exceeds.job, 0, exceeds.files[0], first_answer(101), Limits{}, at_second(1)));
    EXPECT_EQ(exceeds.job.state, State::Error);
    EXPECT_EQ(exceeds.job.error->cause, Cause::MaxDownloadSize);
}

TEST(RangeFiles, CountTheirOwnBytesAndRememberTheRemoteSize) {
    auto request = request_for(1, true);
    request.files[0].ranges = {{100, 50}, {900, ToEnd}};
    request.settings.set<&Settings::maximum_download_size>(150);
    Sample s{request};
    s.grant();
    s.take(*begun(s.job, 0, s.files[0], first_answer(1000), Limits{}, at_second(1)));
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(s.files[0].total, 1000U);
    EXPECT_EQ(size_of(s.files[0]), 150U);
    Fetched all;
    all.report = report(150, 1000);
    s.take(*fetched(s.job, 0, s.files, all, segments_of(s.files[0], false), Limits{}, at_second(2)));
    EXPECT_EQ(s.job.state, State::Transferred);
}

TEST(Fetched, OfUnknownSizeIsAsLongAsItWas) {
    Sample s{1};
    s.run();
    Fetched all;
    all.report = report(70, UnknownSize);
    all.headers = "last: one\n";
    s.take(*fetched(s.job, 0, s.files, all, segments_of(s.files[0], false), Limits{}, at_second(2)));
    EXPECT_EQ(s.files[0].total, 70U);
    EXPECT_EQ(s.files[0].response_headers, "last: one\n");
    EXPECT_EQ(s.job.state, State::Transferred);
}

TEST(Reports, BeyondAllFilesAreNotBelieved) {
    Sample s{1};
    s.run();
    EXPECT_FALSE(
        checkpointed(s.job, 0, s.files[0], report(uint64_t{1} << 63, UnknownSize), {}, at_second(2)));
    EXPECT_FALSE(begun(s.job, 0, s.files[0], first_answer(UnknownSize - 1), Limits{}, at_second(2)));
}

struct UploadTest : testing::Test {
    Sample s{request()};

    static Request request() {
        auto r = request_for(1, true);
        r.type = Type::UploadReply;
        return r;
    }
};

TEST_F(UploadTest, HasOneFileWithoutRangesOrMirrors) {
    EXPECT_EQ(code_of(add_files(s.job, {spec("x")}, Limits{}, at_second(1))), Errc::TooManyFiles);
    auto two = request_for(2);
    two.type = Type::Upload;
    EXPECT_EQ(code_of(create(SampleId, 1, two, Limits{}, at_second(0))), Errc::TooManyFiles);
    for (int kind : {0, 1}) {
        auto odd = request_for(1);
        odd.type = Type::Upload;
        if (kind == 0) odd.files[0].ranges = {{0, 1}};
        if (kind == 1) odd.files[0].mirrors = {"http://m/x"};
        EXPECT_EQ(code_of(create(SampleId, 1, odd, Limits{}, at_second(0))), Errc::NotSupported) << kind;
    }
}

TEST_F(UploadTest, GoesOnWhereTheServerSays) {
    s.grant();
    Begun b = first_answer(100);
    b.report.offset = 40;
    b.upload_url = "https://example.org/files/1";
    b.stamp = SourceStamp{{1, 2}, 100, 5};
    s.take(*begun(s.job, 0, s.files[0], b, Limits{}, at_second(1)));
    EXPECT_EQ(s.files[0].offset, 40U);
    EXPECT_EQ(s.files[0].upload_url, "https://example.org/files/1");
    EXPECT_TRUE(s.files[0].stamp);
}

TEST_F(UploadTest, IsCompletedOnlyWhenTransferred) {
    EXPECT_EQ(code_of(complete(s.job, at_second(1))), Errc::InvalidState);
    s.run();
    EXPECT_EQ(code_of(complete(s.job, at_second(1))), Errc::InvalidState);
    Fetched all;
    all.report = report(100);
    all.reply = 17;
    s.take(*fetched(s.job, 0, s.files, all, {}, Limits{}, at_second(2)));
    EXPECT_EQ(s.job.reply_total, 17U);
    EXPECT_EQ(s.job.reply_transferred, 17U);
    EXPECT_TRUE(complete(s.job, at_second(3)));
}

TEST_F(UploadTest, OfAChangedSourceBeginsAnewOnResume) {
    s.grant();
    Begun b = first_answer(100);
    b.upload_url = "https://example.org/files/1";
    b.stamp = SourceStamp{{1, 2}, 100, 5};
    s.take(*begun(s.job, 0, s.files[0], b, Limits{}, at_second(1)));
    Failure changed = fatal_failure();
    changed.error.cause = Cause::LocalFileChanged;
    s.fail(changed, 2);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_FALSE(s.files[0].stamp);
    EXPECT_TRUE(s.files[0].upload_url.empty());
}

TEST_F(UploadTest, HasNeitherNamesNorVerdictsToChange) {
    EXPECT_EQ(code_of(set_remote_name(s.job, 0, s.files[0], "http://x/", at_second(1))), Errc::NotSupported);
    EXPECT_EQ(code_of(replace_remote_prefix(s.job, s.files, "a", "b", at_second(1))), Errc::NotSupported);
    EXPECT_EQ(code_of(set_validation(s.job, 0, s.files[0], true, at_second(1))), Errc::NotSupported);
}

} // namespace

} // namespace haulier::job
