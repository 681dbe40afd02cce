// SPDX-License-Identifier: LGPL-2.1-or-later
// A file system that is as narrow as FAT: the calls that tell so are replaced in this program.
#include "transfer/file_system_check.hpp"

#include "base/process_limits.hpp"
#include "support/temp_dir.hpp"
#include "transfer/check.hpp"

#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace {

bool is_fat = false;

int refuse(int error) {
    errno = error;
    return -1;
}

} // namespace

int fstatfs(int fd, struct statfs* st) noexcept {
    int r = static_cast<int>(syscall(SYS_fstatfs, fd, st));
    if (r == 0 && is_fat) st->f_type = MSDOS_SUPER_MAGIC;
    return r;
}

int openat(int directory, const char* name, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    auto mode = va_arg(rest, mode_t);
    va_end(rest);
    bool creates = (flags & O_CREAT) != 0;
    if (is_fat && creates && std::strpbrk(name, "\"*:<>?\\|")) return refuse(EINVAL);
    return static_cast<int>(syscall(SYS_openat, directory, name, flags, mode));
}

int fchmod(int fd, mode_t mode) noexcept {
    if (is_fat && (mode & 0077) == 0) return refuse(EPERM);
    return static_cast<int>(syscall(SYS_fchmod, fd, mode));
}

namespace haulier::transfer {
namespace {

using testing::HasSubstr;

class FileSystemTest : public testing::Test {
protected:
    FileSystemTest() { is_fat = true; }
    ~FileSystemTest() override { is_fat = false; }
    Status check(const WantedFile& wanted) {
        auto status = check_file_system(*Directory::open(directory.path()), wanted);
        EXPECT_TRUE(std::filesystem::is_empty(directory.path())) << "nothing is left behind";
        return status;
    }
    test::TempDir directory;
};

TEST_F(FileSystemTest, RefusesNames) {
    auto refused = check({.name = "12:30 is it?.iso"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, EINVAL);
    EXPECT_THAT(refused.error().message, HasSubstr("'12:30 is it?.iso'"));
    for (const char* name : {"plain", "größe", "ends with a dot.", "a;b=c"})
        EXPECT_TRUE(check({.name = name})) << name;
}

TEST_F(FileSystemTest, RefusesSizes) {
    EXPECT_TRUE(check({.name = "f", .size = 0xffffffff}));
    auto refused = check({.name = "f", .size = 0x100000000});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, EFBIG);
    EXPECT_THAT(refused.error().message, HasSubstr("4294967295"));
}

TEST_F(FileSystemTest, RefusesPermissions) {
    EXPECT_TRUE(check({.name = "f", .mode = 0755}));
    auto refused = check({.name = "f", .mode = 0600});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("0600"));
}

TEST_F(FileSystemTest, IsAskedOnlyIfItIsNotOneOfLinux) {
    is_fat = false;
    EXPECT_TRUE(check({.name = "12:30", .size = uint64_t{1} << 40, .mode = 0600}));
}

TEST_F(FileSystemTest, TheLimitOfTheProcessCounts) {
    is_fat = false;
    relax_limits();
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit small{1000, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    auto refused = check({.name = "f", .size = 1001});
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, EFBIG);
}

TEST_F(FileSystemTest, WhatItRefusesIsSaidWhenTheFileIsAdded) {
    wire::Check request;
    auto& item = *request.add_items();
    item.set_url("http://example.org/f");
    item.set_directory(directory.path());
    item.set_name("a:b");
    auto reply = transfer::check(request);
    EXPECT_EQ(reply.fault(), wire::Reply::LOCAL_FILE);
    EXPECT_THAT(reply.message(), HasSubstr("'a:b'"));
    item.set_name("ab");
    EXPECT_EQ(transfer::check(request).fault(), wire::Reply::NONE);
    item.set_size_known(true);
    item.set_size(uint64_t{5} << 30);
    EXPECT_EQ(transfer::check(request).fault(), wire::Reply::LOCAL_FILE);
}

} // namespace
} // namespace haulier::transfer
