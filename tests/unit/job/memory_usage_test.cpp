// SPDX-License-Identifier: LGPL-2.1-or-later
// What jobs take up, and how much is too much.
#include "job/memory_usage.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

TEST(Text, CountsWhatAClientCanMakeLong) {
    Job job;
    auto plain = memory_size(job);
    EXPECT_GE(plain, JobOverhead);
    for (auto* text : {&job.key, &job.display_name, &job.description, &job.notify_service.name,
                       &job.http.client_certificate, &job.http.client_key, &job.http.certificate_authority,
                       &job.http.proxy.list, &job.temporary_directory, &job.reply_file_name})
        text->assign(100, 'x');
    EXPECT_EQ(memory_size(job), plain + 1000);
    job.http.headers = {std::string(100, 'h')};
    job.http.credentials = {{{}, {}, "user", std::string(100, 'p'), ""}};
    EXPECT_GT(memory_size(job), plain + 1200);

    File file;
    auto empty = memory_size(file);
    EXPECT_GE(empty, FileOverhead);
    file.spec.remote.assign(100, 'u');
    file.spec.local.assign(100, 'l');
    file.spec.mirrors = {std::string(100, 'm')};
    file.spec.ranges = {{0, 1}, {2, 1}};
    file.response_headers.assign(100, 'r');
    EXPECT_GE(memory_size(file), empty + 432);
}

TEST(Usage, HasALimitForEachOwnerAndForAll) {
    Limits limits;
    limits.jobs = 3;
    limits.jobs_per_user = 2;
    limits.text = 300;
    limits.text_per_user = 200;
    EXPECT_TRUE(check_usage({1, 100}, {2, 150}, {1, 100}, limits));
    EXPECT_EQ(code_of(check_usage({2, 0}, {2, 0}, {1, 0}, limits)), Errc::TooManyJobs);
    EXPECT_EQ(code_of(check_usage({0, 0}, {3, 0}, {1, 0}, limits)), Errc::TooManyJobs);
    EXPECT_EQ(code_of(check_usage({1, 100}, {1, 100}, {0, 101}, limits)), Errc::TooLarge);
    EXPECT_EQ(code_of(check_usage({1, 0}, {1, 250}, {0, 51}, limits)), Errc::TooLarge);
    auto figures = check_usage({1, 150}, {1, 150}, {0, 51}, limits).error().message;
    for (const auto* figure : {"150", "51", "200"})
        EXPECT_NE(figures.find(figure), std::string::npos) << figures;
}

TEST(Usage, WhoIsOverTheLimitMayStillDoWhatAddsNothing) {
    Limits limits;
    limits.text_per_user = 200;
    limits.jobs_per_user = 1;
    EXPECT_TRUE(check_usage({7, 1000}, {7, 1000}, {0, 0}, limits));
    EXPECT_EQ(code_of(check_usage({7, 1000}, {7, 1000}, {0, 1}, limits)), Errc::TooLarge);
}

TEST(Usage, KnowsNoEndForWhoIsExempt) {
    auto none = unlimited({});
    Usage plenty{~uint32_t{0} - 1, ~uint64_t{0} / 2};
    EXPECT_TRUE(check_usage(plenty, plenty, {1, 1U << 30}, none));
    EXPECT_TRUE(create(SampleId, 0, request_for(20001), none, at_second(0)));
    EXPECT_EQ(code_of(create(SampleId, 1000, request_for(20001), {}, at_second(0))), Errc::TooManyFiles);
    EXPECT_EQ(none.ranges_per_file, Limits{}.ranges_per_file);
}

} // namespace

} // namespace haulier::job
