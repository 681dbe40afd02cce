// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/process_limits.hpp"

#include "base/fd.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace haulier {

namespace {

/// Puts the limits back.
struct Limit {
    explicit Limit(__rlimit_resource limit) : which(limit) { getrlimit(which, &before); }
    ~Limit() { setrlimit(which, &before); }
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;
    void set(rlim_t soft) const {
        const rlimit changed{soft, before.rlim_max};
        ASSERT_EQ(setrlimit(which, &changed), 0);
    }
    __rlimit_resource which;
    rlimit before{};
};

TEST(Limits, OfOpenFilesAreRaisedAsFarAsIsAllowed) {
    const Limit files{RLIMIT_NOFILE};
    files.set(20);
    relax_limits();
    rlimit after{};
    getrlimit(RLIMIT_NOFILE, &after);
    EXPECT_EQ(after.rlim_cur, std::min<rlim_t>(files.before.rlim_max, 65536));
}

TEST(Limits, OfSizesAreErrors) {
    const Limit size{RLIMIT_FSIZE};
    relax_limits();
    size.set(10);
    Fd file{open("/tmp", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600)};
    if (!file) GTEST_SKIP() << "/tmp cannot hold files without a name";
    EXPECT_EQ(pwrite(file.get(), "x", 1, 10), -1);
    EXPECT_EQ(errno, EFBIG);
}

TEST(Limits, AreNoticedWhileAFewDescriptorsAreLeft) {
    EXPECT_TRUE(has_free_descriptors());
    const Limit files{RLIMIT_NOFILE};
    files.set(0);
    EXPECT_FALSE(has_free_descriptors());
}

} // namespace

} // namespace haulier
