// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/publish.hpp"

#include "support/temp_dir.hpp"
#include "transfer/convert.hpp"
#include "transfer/part_file.hpp"

#include <filesystem>
#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

constexpr const char* Part = ".haulier-0-0.part";

class PublishTest : public testing::Test {
protected:
    PublishTest() { directory.write(Part, "new"); }

    [[nodiscard]] struct stat look(const std::string& name) const {
        struct stat st {};
        EXPECT_EQ(lstat(directory.at(name).c_str(), &st), 0) << name;
        return st;
    }
    wire::Publish request() {
        wire::Publish request;
        request.set_directory(directory.path());
        request.set_temporary(Part);
        request.set_name("file");
        auto inode = inode_of(look(Part));
        request.mutable_inode()->set_device(inode.device);
        request.mutable_inode()->set_number(inode.number);
        request.set_last_modified("Sun, 06 Nov 1994 08:49:37 GMT");
        return request;
    }
    [[nodiscard]] Status discard_one(const std::string& name = Part) const {
        return discard(directory.path(), {discard_request(name)}).front();
    }
    [[nodiscard]] Published publish_one(const wire::Publish& request, mode_t umask) const {
        return publish(directory.path(), {request}, umask).front();
    }
    static wire::Discard discard_request(const std::string& name, Inode folder = {}) {
        wire::Discard request;
        request.set_temporary(name);
        if (folder != Inode{}) to_wire(folder, *request.mutable_folder());
        return request;
    }
    test::TempDir directory;
};

TEST_F(PublishTest, GivesNameDateAndMode) {
    EXPECT_TRUE(publish_one(request(), 027));
    EXPECT_EQ(directory.read("file"), "new");
    EXPECT_FALSE(directory.has(Part));
    EXPECT_EQ(look("file").st_mode, S_IFREG | 0640u);
    EXPECT_EQ(look("file").st_mtime, 784111777);
}

TEST_F(PublishTest, MovesAFileFromAnotherDirectory) {
    test::TempDir parts;
    std::filesystem::rename(directory.at(Part), parts.at(Part));
    directory.write(Part, "of another job");
    directory.write("file", "old");
    struct stat st {};
    ASSERT_EQ(lstat(parts.at(Part).c_str(), &st), 0);
    auto moved = request();
    to_wire(inode_of(st), *moved.mutable_inode());
    moved.set_temporary_directory(parts.path());
    moved.set_existing(wire::RENAME);
    EXPECT_EQ(*publish_one(moved, 022), "file (1)");
    EXPECT_EQ(directory.read("file (1)"), "new");
    EXPECT_FALSE(parts.has(Part));
    EXPECT_TRUE(publish_one(moved, 022)) << "once more, after a crash";
    EXPECT_EQ(directory.read(Part), "of another job");
}

TEST_F(PublishTest, KeepsWhatHasTheName) {
    directory.write("file", "old");
    auto kept = request();
    kept.set_existing(wire::KEEP);
    auto published = publish_one(kept, 022);
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().cause, wire::FILE_EXISTS);
    EXPECT_EQ(directory.read("file"), "old");
    EXPECT_EQ(directory.read(Part), "new");
    std::filesystem::remove(directory.at("file"));
    std::filesystem::create_symlink("nowhere", directory.at("file"));
    EXPECT_FALSE(publish_one(kept, 022));
    std::filesystem::remove(directory.at("file"));
    EXPECT_EQ(*publish_one(kept, 022), "file");
    EXPECT_EQ(*publish_one(kept, 022), "file") << "repeated after a crash";
    EXPECT_EQ(directory.read("file"), "new");
}

TEST_F(PublishTest, FindsAFreeNameAndFindsItAgainAfterACrash) {
    directory.write("file", "old");
    std::filesystem::create_directory(directory.at("file (1)"));
    auto renamed = request();
    renamed.set_existing(wire::RENAME);
    EXPECT_EQ(*publish_one(renamed, 022), "file (2)");
    std::filesystem::remove(directory.at("file"));
    EXPECT_EQ(*publish_one(renamed, 022), "file (2)");
    EXPECT_EQ(directory.read("file (2)"), "new");
    EXPECT_FALSE(directory.has("file"));
}

TEST_F(PublishTest, FinishesARenameThatWasMadeOfTwoSteps) {
    for (auto existing : {wire::KEEP, wire::RENAME}) {
        auto requested = request();
        requested.set_existing(existing);
        std::filesystem::create_hard_link(directory.at(Part), directory.at("file"));
        EXPECT_EQ(*publish_one(requested, 022), "file");
        EXPECT_FALSE(directory.has(Part));
        std::filesystem::rename(directory.at("file"), directory.at(Part));
    }
}

TEST_F(PublishTest, AFileIsTheSameWhenItsDeviceHasAnotherNumberAfterAReboot) {
    auto requested = request();
    requested.mutable_inode()->set_device(requested.inode().device() + 1);
    EXPECT_TRUE(publish_one(requested, 022));
    EXPECT_TRUE(publish_one(requested, 022)); // it is found to be done
    EXPECT_EQ(directory.read("file"), "new");
}

TEST_F(PublishTest, TheModeAskedForIsNotMaskedButNeverMoreThanPermissions) {
    auto requested = request();
    requested.set_mode_known(true);
    requested.set_mode(04775);
    EXPECT_TRUE(publish_one(requested, 077));
    EXPECT_EQ(look("file").st_mode, S_IFREG | 0775u);
}

TEST_F(PublishTest, ADateThatIsNoneIsLeftOut) {
    auto requested = request();
    requested.set_last_modified("once upon a time");
    const auto before = look(Part).st_mtime;
    EXPECT_TRUE(publish_one(requested, 022));
    EXPECT_EQ(look("file").st_mtime, before);
}

TEST_F(PublishTest, ReplacesAFileAndALinkButNotWhatTheLinkNames) {
    directory.write("victim", "precious");
    std::filesystem::create_symlink(directory.at("victim"), directory.at("file"));
    EXPECT_TRUE(publish_one(request(), 022));
    EXPECT_TRUE(S_ISREG(look("file").st_mode));
    EXPECT_EQ(directory.read("file"), "new");
    EXPECT_EQ(directory.read("victim"), "precious");
}

TEST_F(PublishTest, MayBeAskedForAgain) {
    auto requested = request();
    EXPECT_TRUE(publish_one(requested, 022));
    EXPECT_TRUE(publish_one(requested, 022)) << "a crash came between the rename and its being stored";
    directory.write("file2", "foreign");
    std::filesystem::rename(directory.at("file2"), directory.at("file"));
    EXPECT_EQ(publish_one(requested, 022).error().cause, wire::LOCAL_FILE) << "that is another file";
}

TEST_F(PublishTest, ManyAtATimeAreJudgedOneByOne) {
    std::vector<wire::Publish> requests;
    for (int n = 0; n < 4; ++n) {
        auto temporary = ".haulier-0-" + std::to_string(n) + ".part";
        directory.write(temporary, "content " + std::to_string(n));
        auto one = request();
        one.set_temporary(temporary);
        one.set_name("file" + std::to_string(n));
        one.mutable_inode()->set_number(inode_of(look(temporary)).number);
        requests.push_back(one);
    }
    std::filesystem::create_directory(directory.at("file1"));
    requests[2].set_size_known(true);
    requests[2].set_size(3);
    auto results = publish(directory.path(), requests, 022);
    ASSERT_EQ(results.size(), 4U);
    EXPECT_TRUE(results[0]);
    EXPECT_FALSE(results[1]) << "a directory has the name";
    EXPECT_FALSE(results[2]) << "another length";
    EXPECT_TRUE(results[3]);
    EXPECT_EQ(directory.read("file3"), "content 3");
    EXPECT_TRUE(directory.has(requests[2].temporary()));
    results = publish(directory.path(), {requests[0], requests[3]}, 022);
    EXPECT_TRUE(results[0] && results[1]) << "done before";
}

TEST_F(PublishTest, ADirectoryInTheWayIsAnExplainedError) {
    std::filesystem::create_directory(directory.at("file"));
    auto published = publish_one(request(), 022);
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().cause, wire::LOCAL_FILE);
    EXPECT_NE(published.error().message.find("is a directory"), std::string::npos);
    EXPECT_TRUE(directory.has(Part));
}

TEST_F(PublishTest, APipeInTheWayStays) {
    ASSERT_EQ(mkfifo(directory.at("file").c_str(), 0600), 0);
    auto published = publish_one(request(), 022);
    ASSERT_FALSE(published);
    EXPECT_NE(published.error().message.find("is a pipe"), std::string::npos);
    EXPECT_TRUE(S_ISFIFO(look("file").st_mode));
    EXPECT_TRUE(directory.has(Part));
}

TEST_F(PublishTest, TheUmaskOfTheClientCountsWhereNoModeIsGiven) {
    auto requested = request();
    requested.set_umask_known(true);
    requested.set_umask(077);
    EXPECT_TRUE(publish_one(requested, 022));
    EXPECT_EQ(look("file").st_mode, S_IFREG | 0600u);
    directory.write(Part, "new");
    auto with_mode = request();
    with_mode.set_umask_known(true);
    with_mode.set_umask(077);
    with_mode.set_mode_known(true);
    with_mode.set_mode(0644);
    EXPECT_TRUE(publish_one(with_mode, 022));
    EXPECT_EQ(look("file").st_mode, S_IFREG | 0644u);
}

TEST_F(PublishTest, OnlyAFileThatStillHasItsLength) {
    auto requested = request();
    requested.set_size_known(true);
    requested.set_size(4);
    EXPECT_EQ(publish_one(requested, 022).error().cause, wire::LOCAL_FILE);
    EXPECT_TRUE(directory.has(Part));
    requested.set_size(3);
    EXPECT_TRUE(publish_one(requested, 022));
    EXPECT_TRUE(publish_one(requested, 022)) << "it is found to be done";
}

TEST_F(PublishTest, OnlyTheFileThatWasFetched) {
    auto requested = request();
    directory.write("other", "forged");
    std::filesystem::rename(directory.at("other"), directory.at(Part));
    EXPECT_EQ(publish_one(requested, 022).error().cause, wire::LOCAL_FILE);
    EXPECT_FALSE(directory.has("file"));
}

TEST_F(PublishTest, FromASwappedDirectoryNothingComes) {
    const auto sub = directory.at("sub");
    std::filesystem::create_directory(sub);
    std::filesystem::rename(directory.at(Part), sub + "/" + Part);
    wire::Publish requested;
    struct stat st {};
    ASSERT_EQ(lstat((sub + "/" + Part).c_str(), &st), 0);
    requested.set_directory(sub);
    requested.set_temporary(Part);
    requested.set_name("file");
    requested.mutable_inode()->set_device(inode_of(st).device);
    requested.mutable_inode()->set_number(inode_of(st).number);
    std::filesystem::rename(sub, directory.at("away"));
    std::filesystem::create_directory(sub);
    EXPECT_EQ(publish_one(requested, 022).error().cause, wire::LOCAL_FILE);
    EXPECT_FALSE(directory.has("sub/file"));
}

TEST_F(PublishTest, DiscardTakesAwayAndDoesNotMindAbsence) {
    EXPECT_TRUE(discard_one());
    EXPECT_FALSE(directory.has(Part));
    EXPECT_TRUE(discard_one());
    EXPECT_TRUE(discard(directory.at("missing"), {discard_request(Part)}).front());
}

TEST_F(PublishTest, DiscardLooksInTheDirectoryThatHeldTheFileOnly) {
    auto here = inode_of(look("."));
    Inode elsewhere{here.device, here.number + 1};
    auto refused = discard(directory.path(), {discard_request(Part, elsewhere)}).front();
    EXPECT_TRUE(refused.error().storage) << "its disk may not be mounted";
    EXPECT_TRUE(directory.has(Part));
    EXPECT_FALSE(discard(directory.at("missing"), {discard_request(Part, here)}).front());
    EXPECT_TRUE(discard(directory.path(), {discard_request(Part, here)}).front());
    EXPECT_FALSE(directory.has(Part));
}

TEST_F(PublishTest, DiscardTakesSeveralAtOnce) {
    const std::string other = ".haulier-0-1.part";
    directory.write(other, "other");
    directory.write("file", "precious");
    auto results =
        discard(directory.path(), {discard_request(Part), discard_request("file"), discard_request(other)});
    ASSERT_EQ(results.size(), 3u);
    EXPECT_TRUE(results[0] && !results[1] && results[2]);
    EXPECT_FALSE(directory.has(Part) || directory.has(other));
    EXPECT_TRUE(directory.has("file"));
}

TEST_F(PublishTest, DiscardTakesNothingElse) {
    directory.write("file", "precious");
    EXPECT_EQ(discard_one("file").error().cause, wire::LOCAL_FILE);
    EXPECT_EQ(discard_one("../file").error().cause, wire::LOCAL_FILE);
    EXPECT_TRUE(directory.has("file"));
    std::filesystem::remove(directory.at(Part));
    std::filesystem::create_symlink(directory.at("file"), directory.at(Part));
    EXPECT_EQ(discard_one().error().cause, wire::LOCAL_FILE);
    EXPECT_TRUE(directory.has("file"));
}

} // namespace
} // namespace haulier::transfer
