// SPDX-License-Identifier: LGPL-2.1-or-later
// The disk refuses: the error says so, nothing of the change is there, and when there is room again all goes
// on.
#include "store_samples.hpp"

#include "base/fd.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

namespace haulier::store {

namespace {

using testing::HasSubstr;

/// A small file system that only this process sees.
class SmallDisk {
public:
    SmallDisk() {
        auto step = [&](const char* what, int result) {
            if (result < 0 && trouble_.empty()) trouble_ = fmt::format("{}: {}", what, std::strerror(errno));
            return trouble_.empty();
        };
        if (!step("unshare", unshare(CLONE_NEWNS))) return;
        if (!step("private mounts", mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr))) return;
        mounted_ = step("tmpfs", mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=1m,mode=0700"));
    }
    ~SmallDisk() {
        if (mounted_) umount2(directory_.path().c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    /// Why there is none.
    [[nodiscard]] const std::string& trouble() const { return trouble_; }
    [[nodiscard]] std::string state() const { return directory_.path() + "/state"; }

    void fill_up() {
        Fd fd{open(filler().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
        const std::string block(512, 'x');
        while (write(fd.get(), block.data(), block.size()) > 0)
            continue;
        EXPECT_EQ(errno, ENOSPC);
    }
    void make_room() { std::filesystem::remove(filler()); }

private:
    [[nodiscard]] std::string filler() const { return directory_.path() + "/filler"; }
    DatabaseDir directory_;
    std::string trouble_;
    bool mounted_ = false;
};

Status save_all(Store& store, const job::Decision& decision) {
    if (auto saved = store.save(decision); !saved) return saved.error();
    return store.commit();
}

/// No file of this process may grow beyond `limit`, for as long as this lives.
class SmallFiles {
public:
    explicit SmallFiles(rlim_t limit) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        rlimit small{limit, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
    }
    ~SmallFiles() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    SmallFiles(const SmallFiles&) = delete;
    SmallFiles& operator=(const SmallFiles&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

} // namespace

TEST(FullDisk, IsAnErrorAndPasses) {
    SmallDisk disk;
    if (!disk.trouble().empty()) GTEST_SKIP() << "cannot mount a small file system: " << disk.trouble();
    auto store = Store::open(disk.state());
    ASSERT_TRUE(store) << store.error().message;
    expect_done(save_all(*store, creation(0, 10)));
    disk.fill_up();

    unsigned number = 1;
    Status last = Done{};
    while (last && number < 10000)
        last = save_all(*store, creation(number++, 10));
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error(),
              (Error{Errc::Store,
                     fmt::format("database: database or disk is full ({}/haulier.db)", disk.state())}));
    EXPECT_FALSE(store->in_transaction());
    auto kept = jobs_of(*store);
    EXPECT_EQ(kept.size(), number - 1);

    disk.make_room();
    expect_done(save_all(*store, creation(number, 10)));
    EXPECT_EQ(jobs_of(*store).size(), kept.size() + 1);
    *store = std::move(*Store::open(disk.state()));
    EXPECT_EQ(jobs_of(*store).size(), kept.size() + 1);
}

TEST(FullDisk, AtTheFirstStart) {
    SmallDisk disk;
    if (!disk.trouble().empty()) GTEST_SKIP() << "cannot mount a small file system: " << disk.trouble();
    std::filesystem::create_directory(disk.state());
    disk.fill_up();
    auto store = Store::open(disk.state());
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Errc::Store);
    EXPECT_THAT(store.error().message, HasSubstr("disk is full"));
    EXPECT_FALSE(std::filesystem::exists(disk.state() + "/haulier.db"));

    disk.make_room();
    std::string set_aside;
    EXPECT_TRUE(Store::open(disk.state(), &set_aside));
    EXPECT_EQ(set_aside, "");
}

TEST(FullDisk, AtALaterStartTheDatabaseStaysWhereItIs) {
    SmallDisk disk;
    if (!disk.trouble().empty()) GTEST_SKIP() << "cannot mount a small file system: " << disk.trouble();
    make_database(disk.state());
    disk.fill_up();
    std::string set_aside;
    auto store = Store::open(disk.state(), &set_aside); // it may or may not need room to open
    EXPECT_EQ(set_aside, "");
    disk.make_room();
    store = Store::open(disk.state(), &set_aside);
    ASSERT_TRUE(store);
    EXPECT_EQ(set_aside, "");
    EXPECT_EQ(jobs_of(*store).size(), 1u);
}

/// Every write of a commit fails once: the log may grow by so many bytes and no more.
TEST(FullDisk, AtEveryWriteOfACommit) {
    DatabaseDir directory;
    Store store = open_quietly(directory);
    save_and_commit(store, creation(0, 10));
    auto expected = jobs_of(store);
    int failures = 0;
    for (rlim_t room = 0; room < 64 * 1024; room += 700) {
        auto log = std::filesystem::file_size(directory.database() + "-wal");
        auto number = static_cast<unsigned>(expected.size());
        Status saved = Done{};
        {
            SmallFiles refuse{log + room};
            saved = save_all(store, creation(number, 40));
        }
        failures += !saved;
        if (!saved) {
            EXPECT_EQ(saved.error().code, Errc::Store);
            EXPECT_FALSE(store.in_transaction());
            ASSERT_EQ(jobs_of(store), expected) << room;
            save_and_commit(store, creation(number, 40));
        }
        expected = jobs_of(store);
        ASSERT_EQ(expected.size(), number + 1);
    }
    EXPECT_GT(failures, 10);
    store = open_quietly(directory);
    EXPECT_EQ(jobs_of(store), expected);
}

} // namespace haulier::store
