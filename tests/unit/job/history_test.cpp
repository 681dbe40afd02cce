// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/history.hpp"

#include <gtest/gtest.h>

namespace haulier::job {

namespace {

std::vector<File> files_at(const std::vector<std::string>& locals) {
    std::vector<File> files(locals.size());
    for (size_t i = 0; i < locals.size(); ++i) {
        files[i].spec.local = locals[i];
        files[i].spec.remote = "https://user:secret@example.org/f?token=secret";
        files[i].offset = 10;
    }
    return files;
}

TEST(EndedJob, HasWhatAPersonRecognises) {
    Job job;
    job.state = State::Cancelled;
    job.display_name = "a film";
    job.files_total = 2;
    job.files_transferred = 1;
    job.error = JobError{Cause::HttpStatus, 404, "https://example.org/?token=secret is not there", 1};
    job.modified = WallTime{Usec{7}};
    job.app_id = "org.example.App";
    job.app_id_source = AppIdSource::Client;
    job.visibility = Visibility::Hidden;
    auto ended = ended_job(job, files_at({"/srv/a", "/srv/b"}));
    EXPECT_EQ(ended.display_name, "a film");
    EXPECT_EQ(ended.bytes, 20u);
    EXPECT_EQ(ended.outcome, Outcome::Cancelled);
    EXPECT_EQ(ended.ended, job.modified);
    EXPECT_EQ(ended.cause, Cause::HttpStatus);
    EXPECT_EQ(ended.code, 404);
    EXPECT_EQ(ended.target, "/srv");
    EXPECT_EQ(ended.app_id, "org.example.App");
    EXPECT_EQ(ended.app_id_source, AppIdSource::Client);
    EXPECT_EQ(ended.visibility, Visibility::Hidden);
}

TEST(EndedJob, HasNoUrlForAName) {
    Job job;
    job.display_name = "https://example.org/f?token=secret";
    EXPECT_EQ(ended_job(job, files_at({"/srv/a"})).display_name, "a");
    EXPECT_EQ(ended_job(job, files_at({"/srv/a", "/srv/b"})).display_name, "srv");
    EXPECT_EQ(ended_job(job, {}).display_name, "");
}

TEST(Outcome, IsOneOfFour) {
    Job job;
    job.state = State::Acknowledged;
    EXPECT_EQ(outcome_of(job), Outcome::Complete);
    job.files_total = 1;
    EXPECT_EQ(outcome_of(job), Outcome::Partial);
    job.state = State::Cancelled;
    EXPECT_EQ(outcome_of(job), Outcome::Cancelled);
    job.expired = true;
    EXPECT_EQ(outcome_of(job), Outcome::Expired);
}

} // namespace

} // namespace haulier::job
