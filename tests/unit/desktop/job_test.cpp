// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/job.hpp"

#include <gtest/gtest.h>

namespace haulier::desktop {

namespace {

TEST(DesktopJob, IsReadFromProperties) {
    Job job;
    merge(job, {{"DisplayName", "n"},
                {"Type", "upload-reply"},
                {"AppId", "org.example.App"},
                {"AppIdSource", "sandbox"},
                {"Visibility", "result"},
                {"State", "transient-error"},
                {"WaitReason", Value::List{"host", uint64_t{7}}},
                {"BytesTransferred", uint64_t{5}},
                {"BytesKnown", uint64_t{10}},
                {"FilesTotal", uint32_t{2}},
                {"Error", Value::List{"transport", "timeout", int32_t{28}, "too slow", uint32_t{0}}},
                {"Unknown", true}});
    EXPECT_EQ(job.name, "n");
    EXPECT_TRUE(job.is_upload && job.confined && job.is_active());
    EXPECT_EQ(job.visibility, Visibility::Result);
    EXPECT_EQ(job.wait_reason, "host");
    EXPECT_EQ(job.total(), 10U);
    EXPECT_EQ(job.files, 2U);
    EXPECT_EQ(job.failure.name, "timeout");
    EXPECT_EQ(job.failure.code, 28);
    EXPECT_EQ(job.failure.message, "too slow");
}

TEST(DesktopJob, ValuesOfAnotherTypeAndUnknownWordsDoNoHarm) {
    Job job;
    job.name = "n";
    merge(job, {{"BytesKnown", ~uint64_t{0}}, {"Rate", "fast"}, {"WaitReason", "x"}, {"State", "new"}});
    EXPECT_FALSE(job.total());
    EXPECT_EQ(job.rate, 0U);
    EXPECT_EQ(job.wait_reason, "");
    EXPECT_EQ(job.state, JobState::Ended) << "it is not shown";
    merge(job, {{"Visibility", "everything"}});
    EXPECT_EQ(job.visibility, Visibility::Hidden);
}

} // namespace
} // namespace haulier::desktop
