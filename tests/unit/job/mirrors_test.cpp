// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/mirrors.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

File file_with_mirrors(size_t count) {
    File f;
    f.spec = spec("a");
    for (size_t i = 1; i <= count; ++i)
        f.spec.mirrors.edit().push_back("https://mirror" + std::to_string(i) + ".example/a");
    return f;
}

/// Fails at the present source and goes where it is sent.
bool switches(File& file, bool fatal = false) {
    auto other = after_failure(file, fatal);
    if (other) use_source(file, *other);
    return other.has_value();
}

Request mirrored_request() {
    auto request = request_for(1, true);
    request.files[0].mirrors = {"https://mirror1.example/f0"};
    return request;
}

TEST(Mirrors, AreTheRemoteNameAndTheOthers) {
    auto file = file_with_mirrors(2);
    EXPECT_EQ(sources_of(file), 3U);
    EXPECT_EQ(url_of(file), "https://example.org/a");
    file.source = 2;
    EXPECT_EQ(url_of(file), "https://mirror2.example/a");
}

TEST(Mirrors, AreTriedInTurnBeforeTheFailureIsTheJobs) {
    auto file = file_with_mirrors(2);
    EXPECT_TRUE(switches(file));
    EXPECT_EQ(file.source, 1U);
    EXPECT_TRUE(switches(file));
    EXPECT_EQ(file.source, 2U);
    // All have failed once: the job waits, and then begins with the first.
    file.clocks.server = "https://mirror2.example:443";
    EXPECT_FALSE(switches(file));
    EXPECT_EQ(file.source, 0U);
    EXPECT_EQ(file.clocks.server, "") << "another server answered";
    EXPECT_TRUE(switches(file));
    EXPECT_EQ(file.source, 1U);
}

TEST(Mirrors, ThatAreExcludedAreNotAskedAgain) {
    auto file = file_with_mirrors(1);
    EXPECT_TRUE(switches(file, true));
    EXPECT_EQ(file.source, 1U);
    EXPECT_FALSE(switches(file));
    EXPECT_EQ(file.source, 1U);
    EXPECT_FALSE(status_of(file, 1).excluded);
    EXPECT_FALSE(switches(file, true));
    EXPECT_TRUE(status_of(file, 1).excluded);
}

TEST(Mirrors, AreOfNoUseToAFileWithoutThem) {
    auto file = file_with_mirrors(0);
    EXPECT_FALSE(switches(file));
    EXPECT_TRUE(file.source_statuses.empty());
}

TEST(AFailure, SwitchesTheSourceWithoutAChangeOfState) {
    Sample s{mirrored_request()};
    s.run();
    s.fail(fatal_failure(), 2);
    EXPECT_EQ(s.job.state, State::Transferring);
    EXPECT_EQ(s.job.error_count, 0U);
    EXPECT_EQ(url_of(s.files[0]), "https://mirror1.example/f0");
    s.fail(fatal_failure(), 3);
    EXPECT_EQ(s.job.state, State::Error);
    s.take(*resume(s.job, s.files, at_second(4)));
    EXPECT_TRUE(s.files[0].source_statuses.empty());
}

TEST(AFailure, OfTheMachineIsNotTheSources) {
    Sample s{mirrored_request()};
    s.run();
    Failure full = fatal_failure();
    full.error.cause = Cause::DiskFull;
    s.fail(full, 2);
    EXPECT_EQ(s.job.state, State::Error);
    EXPECT_EQ(s.files[0].source, 0U);
}

TEST(ASlowSource, IsLeftWhileAnotherOneMayBeBetter) {
    Sample s{mirrored_request()};
    auto& file = s.files[0];
    EXPECT_TRUE(may_leave_source(file));
    file.source_statuses = {{1, false}, {}};
    EXPECT_TRUE(may_leave_source(file));
    file.source_statuses = {{1, false}, {1, false}};
    EXPECT_FALSE(may_leave_source(file)) << "all of them are slow";
    file.source_statuses = {{1, true}, {}};
    EXPECT_FALSE(may_leave_source(file)) << "the other one is out of the question";
    file.spec.mirrors.clear();
    file.source_statuses.clear();
    EXPECT_FALSE(may_leave_source(file));
}

TEST(AWrongChecksum, TriesTheMirrorsAndThenOnceMore) {
    Sample s{mirrored_request()};
    s.run();
    Failure wrong = fatal_failure();
    wrong.error.cause = Cause::ChecksumMismatch;
    wrong.void_offset = true;
    s.fail(wrong, 2);
    EXPECT_EQ(s.files[0].source, 1U);
    s.fail(wrong, 3);
    EXPECT_EQ(s.job.state, State::Transferring);
    s.fail(wrong, 4);
    EXPECT_EQ(s.job.state, State::Error);
}

} // namespace

} // namespace haulier::job
