// SPDX-License-Identifier: LGPL-2.1-or-later
// Files that are fetched only if they have changed.
#include "job/segments.hpp"
#include "job/validation.hpp"
#include "samples.hpp"

namespace haulier::job {

namespace {

Request conditional_request(int files) {
    auto request = request_for(files, true);
    request.files[0].if_none_match = "\"one\"";
    request.files[0].size = 5000;
    return request;
}

FileSpec with_tags(const std::string& tags) {
    auto s = spec("f");
    s.if_none_match = tags;
    return s;
}

} // namespace

TEST(Conditional, AFileThatHasNotChangedIsTransferredAndCompleted) {
    Sample s{conditional_request(2)};
    s.run();
    s.take(*not_modified(s.job, 0, s.files, at_second(2)));
    const auto& file = s.files[0];
    EXPECT_TRUE(file.not_modified && file.transferred && file.completed);
    EXPECT_EQ(size_of(file), 0U);
    EXPECT_EQ(s.job.state, State::Transferring);
    s.fetch(1);
    EXPECT_EQ(s.job.state, State::Transferred);
    EXPECT_EQ(code_of(set_validation(s.job, 0, file, false, at_second(3))), Errc::InvalidState);
    s.take(*release_ownership(s.job, s.files, at_second(3)));
    EXPECT_TRUE(s.files[0].completed);
    EXPECT_FALSE(s.files[1].transferred);
}

TEST(Conditional, TheLastOneMakesTheJobTransferred) {
    Sample s{conditional_request(1)};
    s.run();
    s.take(*not_modified(s.job, 0, s.files, at_second(2)));
    EXPECT_EQ(s.job.state, State::Transferred);
    EXPECT_EQ(s.notifications, (std::vector<Notification>{{NotificationKind::Transferred, NoFile}}));
}

TEST(Conditional, NothingIsNamedWithPublishEach) {
    auto request = conditional_request(1);
    request.settings.set<&Settings::publish_files>(PublishFiles::Each);
    Sample s{request};
    s.run();
    s.take(*not_modified(s.job, 0, s.files, at_second(2)));
    EXPECT_FALSE(s.files[0].naming);
    EXPECT_TRUE(has_arrived(s.job, s.files[0]));
    EXPECT_EQ(s.job.state, State::Transferred);
}

TEST(Conditional, AWorkerThatWasNotAskedIsNotBelieved) {
    Sample s{2};
    s.run();
    EXPECT_FALSE(not_modified(s.job, 0, s.files, at_second(2)));
}

TEST(Conditional, TagsAreInQuotes) {
    for (const char* good : {"\"a\"", "W/\"a\"", "\"\"", "\"a\", W/\"b,c\" ,\"d\"", "\"\xc3\xa4\""})
        EXPECT_TRUE(check_file(with_tags(good))) << good;
    for (const char* bad : {"a", "*", "\"a", "\"a\" \"b\"", "\"a\",", "\"a b\"", "\"a\"\r\nX: \"y\""})
        EXPECT_EQ(code_of(check_file(with_tags(bad))), Errc::InvalidArgument) << bad;
    EXPECT_EQ(code_of(check_file(with_tags("\"" + std::string(1023, 'x') + "\""))), Errc::StringTooLong);
}

TEST(Conditional, TheDateIsOneThatAHeaderCanHave) {
    auto s = spec("f");
    s.if_modified_since = WallTime{Usec{int64_t{253'402'300'799} * 1'000'000}};
    EXPECT_TRUE(check_file(s));
    s.if_modified_since = WallTime{Usec{int64_t{253'402'300'800} * 1'000'000}};
    EXPECT_EQ(code_of(check_file(s)), Errc::InvalidArgument);
}

TEST(Conditional, NeedsARequestForTheWholeFile) {
    auto s = with_tags("\"a\"");
    s.ranges = {{0, 1}};
    EXPECT_EQ(code_of(check_file(s)), Errc::InvalidArgument);
    auto upload = request_for(1);
    upload.type = Type::Upload;
    upload.files[0].if_none_match = "\"a\"";
    EXPECT_EQ(code_of(create(SampleId, 0, upload, Limits{}, at_second(0))), Errc::NotSupported);
    auto sparse = conditional_request(1);
    sparse.settings.set<&Settings::on_demand>(true);
    EXPECT_EQ(code_of(create(SampleId, 0, sparse, Limits{}, at_second(0))), Errc::NotSupported);
    auto later = conditional_request(1);
    later.resume = false;
    Sample chosen{later};
    chosen.change(patch<&Settings::http, &Http::method>("POST"));
    EXPECT_EQ(code_of(resume(chosen.job, chosen.files, at_second(1))), Errc::NotSupported);
}

} // namespace haulier::job
