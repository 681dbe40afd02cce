// SPDX-License-Identifier: LGPL-2.1-or-later
// Temporary files and directories that are moved, removed or not mounted while a file is fetched.
#include "transfer/part_file.hpp"
#include "worker_fixture.hpp"

#include <filesystem>

namespace haulier::transfer {
namespace {

class FetchStorageTest : public WorkerFixture {
protected:
    FetchStorageTest() { std::filesystem::create_directory(folder); }

    wire::Fetch in_folder(const FileServer& server) const {
        auto fetch = order(server.url());
        fetch.set_directory(folder);
        return fetch;
    }
    static void know_folder(wire::Fetch& fetch, const wire::Begun& start) {
        *fetch.mutable_folder() = start.folder();
    }
    /// Fetches half of the file and goes on to wait for the rest.
    wire::Begun half(FileServer& server, const wire::Fetch& order) {
        auto part = file;
        part.stop_at = Half;
        server.change(part);
        fetch(order);
        auto start = begun();
        wait_for_bytes(Half);
        return start;
    }
    wire::Fetch rest(wire::Fetch fetch, const wire::Begun& start) {
        halt();
        halted();
        fetch.set_offset(checkpoints.back().offset());
        *fetch.mutable_identity() = checkpoints.back().identity();
        know_folder(fetch, start);
        return fetch;
    }
    void move_away() {
        std::filesystem::rename(folder, away);
        std::filesystem::create_directory(folder);
    }
    void expect_not_mounted() {
        auto failure = failed();
        EXPECT_EQ(failure.cause(), wire::LOCAL_FILE);
        EXPECT_TRUE(failure.storage());
        EXPECT_FALSE(failure.void_offset());
        EXPECT_NE(failure.message().find("mounted"), std::string::npos) << failure.message();
    }
    [[nodiscard]] bool has_part(const std::string& where) const {
        return std::filesystem::exists(where + "/" + Part);
    }

    const std::string folder = directory.at("folder");
    const std::string away = directory.at("away");
};

TEST_F(FetchStorageTest, TheDirectoryIsReported) {
    FileServer server{file};
    fetch(in_folder(server));
    auto start = begun();
    EXPECT_EQ(start.folder().number(), Directory::open(folder)->inode().number);
    fetched();
}

TEST_F(FetchStorageTest, NothingIsBegunInAnotherDirectory) {
    FileServer server{file};
    auto start = half(server, in_folder(server));
    auto next = rest(in_folder(server), start);
    move_away();
    fetch(next);
    expect_not_mounted();
    EXPECT_TRUE(std::filesystem::is_empty(folder));
    EXPECT_EQ(server.requests().size(), 1u);

    std::filesystem::remove(folder);
    std::filesystem::rename(away, folder);
    server.change(file);
    fetch(next);
    EXPECT_EQ(begun().offset(), Half);
    fetched();
}

TEST_F(FetchStorageTest, APartThatIsInTheOtherDirectoryIsUsed) {
    FileServer server{file};
    auto start = half(server, in_folder(server));
    auto next = rest(in_folder(server), start);
    move_away();
    std::filesystem::copy(away + "/" + Part, folder + "/" + Part);
    server.change(file);
    fetch(next);
    EXPECT_EQ(begun().offset(), Half);
    fetched();
}

TEST_F(FetchStorageTest, ADirectoryThatIsMissingMayComeBack) {
    FileServer server{file};
    auto start = half(server, in_folder(server));
    auto next = rest(in_folder(server), start);
    std::filesystem::rename(folder, away);
    fetch(next);
    auto failure = failed();
    EXPECT_TRUE(failure.storage()) << failure.message();
    auto unknown = next;
    unknown.clear_folder();
    fetch(unknown);
    EXPECT_FALSE(failed().storage()) << "a directory that has never been there is a mistake";
}

TEST_F(FetchStorageTest, APartThatIsRemovedMeanwhileIsFetchedAgain) {
    FileServer server{file};
    auto slowly = in_folder(server);
    limit(slowly, 600'000);
    fetch(slowly);
    EXPECT_FALSE(begun().restarted());
    wait_for_bytes(100'000);
    std::filesystem::remove(folder + "/" + Part);
    auto again = begun();
    EXPECT_EQ(again.offset(), 0u);
    if (again.restarted()) proceed();
    EXPECT_EQ(fetched().size(), Size);
    EXPECT_TRUE(directory.read(std::string{"folder/"} + Part) == file.content);
}

TEST_F(FetchStorageTest, APartThatIsRemovedAgainAndAgainIsAnError) {
    FileServer server{file};
    auto slowly = in_folder(server);
    limit(slowly, 600'000);
    fetch(slowly);
    for (int i = 0; i < 4; ++i) {
        if (begun().restarted()) proceed();
        wait_for_bytes(100'000);
        std::filesystem::remove(folder + "/" + Part);
    }
    auto failure = failed();
    EXPECT_EQ(failure.cause(), wire::LOCAL_FILE);
    EXPECT_TRUE(failure.void_offset());
    EXPECT_FALSE(failure.storage());
}

TEST_F(FetchStorageTest, ADirectoryThatIsMovedMeanwhileIsWaitedFor) {
    FileServer server{file};
    auto slowly = in_folder(server);
    limit(slowly, 600'000);
    fetch(slowly);
    begun();
    wait_for_bytes(100'000);
    move_away();
    expect_not_mounted();
    EXPECT_TRUE(has_part(away));
    EXPECT_FALSE(has_part(folder));
}

TEST_F(FetchStorageTest, TheStorageIsCheckedOnRequest) {
    wire::ToWorker message;
    auto& check = *message.mutable_check_storage();
    check.set_request(5);
    check.set_directory(folder);
    check.set_bytes(1000);
    send(message);
    EXPECT_EQ(next(wire::FromWorker::kReply).reply().fault(), wire::Reply::NONE);
    auto inode = Directory::open(folder)->inode();
    check.mutable_folder()->set_device(inode.device);
    check.mutable_folder()->set_number(inode.number);
    move_away();
    send(message);
    auto reply = next(wire::FromWorker::kReply).reply();
    EXPECT_EQ(reply.fault(), wire::Reply::LOCAL_FILE);
    EXPECT_NE(reply.message().find("mounted"), std::string::npos);
}

} // namespace
} // namespace haulier::transfer
