// SPDX-License-Identifier: LGPL-2.1-or-later
// Real sockets and, where root is had, real users; systemd alone is played.
#include "daemon/workers/systemd_unit_launcher.hpp"

#include "support/loop_test.hpp"
#include "support/temp_dir.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace haulier::daemon {

namespace {

using namespace std::chrono_literals;

/// Notes what it is asked.
class Notes final : public UnitManager {
public:
    void restart(const std::string& unit, Failed failed) override {
        started.push_back(unit);
        failures.push_back(std::move(failed));
    }
    void stop(const std::string& unit) override { stopped.push_back(unit); }
    std::vector<std::string> started;
    std::vector<std::string> stopped;
    std::vector<Failed> failures;
};

std::string unit_of(uint32_t uid) {
    return "haulier-worker@" + std::to_string(uid) + ".service";
}

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

Fd packet_socket() {
    return Fd{socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
}

Fd visit(const std::string& path) {
    auto address = address_of(path);
    Fd peer = packet_socket();
    EXPECT_EQ(connect(peer.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return peer;
}

/// The first byte of what comes; nothing: the other end is closed; a time-out is a failure.
std::optional<char> set_reported(const Fd& socket) {
    timeval patience{10, 0};
    setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char byte = 0;
    auto r = recv(socket.get(), &byte, 1, 0);
    EXPECT_GE(r, 0) << "nothing came";
    if (r != 1) return std::nullopt;
    return byte;
}

size_t open_descriptors() {
    size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

class UnitsTest : public test::LoopTest {
protected:
    UnitsTest() { std::filesystem::permissions(dir_.path(), std::filesystem::perms{0755}); }

    void SetUp() override { ASSERT_TRUE(units_.open()); }

    void launch(uint32_t uid) {
        units_.launch(uid, [this](Result<WorkerConnection> hand) { answers_.push_back(std::move(hand)); });
    }
    /// Until something was answered, and a little longer.
    void turn() {
        while (loop_.turn(20ms)) {
        }
    }
    void wait_for_answer() {
        run_until([this] { return !answers_.empty(); });
    }
    /// Somebody of that user comes; whether it was let in.
    bool visit_as(uid_t uid) {
        auto child = fork();
        if (child == 0) {
            auto address = address_of(path_);
            bool is_other = setgroups_and_uid(uid);
            Fd peer = packet_socket();
            if (!is_other || connect(peer.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0)
                _exit(3);
            char byte = 0;
            _exit(recv(peer.get(), &byte, 1, 0) == 1 ? 0 : 1);
        }
        int status = -1;
        for (auto deadline = SystemClock{}.now().boot + 20s;
             waitpid(child, &status, WNOHANG) == 0 && SystemClock{}.now().boot < deadline;) {
            loop_.turn(10ms);
            for (auto& answer : answers_)
                if (answer) send(answer->socket.get(), "x", 1, MSG_NOSIGNAL);
        }
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) != 3);
        return WEXITSTATUS(status) == 0;
    }
    static bool setgroups_and_uid(uid_t uid) {
        return setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0;
    }

    test::TempDir dir_;
    std::string path_ = dir_.at("worker.socket");
    Notes systemd_;
    SystemdUnitLauncher units_{loop_, systemd_, dir_.path()};
    std::vector<Result<WorkerConnection>> answers_;
};

TEST_F(UnitsTest, HandsOverTheWorkerThatComes) {
    launch(getuid());
    EXPECT_EQ(systemd_.started, std::vector{unit_of(getuid())});
    auto peer = visit(path_);
    wait_for_answer();
    ASSERT_TRUE(answers_[0]);
    EXPECT_EQ(answers_[0]->name, unit_of(getuid()) + " (" + std::to_string(getpid()) + ")");
    EXPECT_EQ(send(answers_[0]->socket.get(), "x", 1, 0), 1);
    EXPECT_EQ(set_reported(peer), 'x');
}

TEST_F(UnitsTest, SendsAwayWhoIsNotWaitedFor) {
    auto early = visit(path_);
    turn();
    EXPECT_EQ(set_reported(early), std::nullopt);
    launch(getuid());
    auto first = visit(path_);
    auto second = visit(path_);
    turn();
    EXPECT_EQ(answers_.size(), 1U);
    EXPECT_EQ(set_reported(second), std::nullopt);
}

TEST_F(UnitsTest, ACrowdHoldsNothingOfOurs) {
    std::vector<Fd> crowd;
    auto before = open_descriptors();
    for (int i = 0; i < 300; ++i) {
        crowd.push_back(visit(path_));
        if (i % 100 == 99) turn();
    }
    turn();
    EXPECT_EQ(open_descriptors(), before + crowd.size());
    for (const auto& peer : crowd)
        EXPECT_EQ(set_reported(peer), std::nullopt);
    launch(getuid());
    auto worker = visit(path_);
    wait_for_answer();
    EXPECT_TRUE(answers_[0]);
}

TEST_F(UnitsTest, GoesByTheUserThatTheKernelNames) {
    if (getuid() != 0) GTEST_SKIP() << "only root can be somebody else";
    launch(4001);
    EXPECT_FALSE(visit_as(4002));
    EXPECT_TRUE(answers_.empty());
    EXPECT_TRUE(visit_as(4001));
    EXPECT_EQ(answers_.size(), 1U);
}

TEST_F(UnitsTest, SaysWhatSystemdSays) {
    launch(0);
    systemd_.failures[0]("no");
    ASSERT_EQ(answers_.size(), 1U);
    ASSERT_FALSE(answers_[0]);
    EXPECT_EQ(answers_[0].error().message, "no");
}

TEST_F(UnitsTest, DoubtsThatAUserExistsWhomPasswdDoesNotKnow) {
    launch(4294967290);
    systemd_.failures[0]("no");
    ASSERT_FALSE(answers_[0]);
    EXPECT_EQ(answers_[0].error().message, "no; is there such a user? /etc/passwd knows none");
}

TEST_F(UnitsTest, BelievesNoFailureOfAWorkerThatCame) {
    launch(getuid());
    auto peer = visit(path_);
    wait_for_answer();
    launch(getuid());
    systemd_.failures[0]("late");
    EXPECT_EQ(answers_.size(), 1U);
    systemd_.failures[1]("in time");
    EXPECT_EQ(answers_.size(), 2U);
}

TEST_F(UnitsTest, ForgetsAHireThatIsDismissed) {
    launch(getuid());
    units_.kill(getuid());
    EXPECT_EQ(systemd_.stopped, std::vector{unit_of(getuid())});
    auto peer = visit(path_);
    turn();
    EXPECT_TRUE(answers_.empty());
    EXPECT_EQ(set_reported(peer), std::nullopt);
}

TEST_F(UnitsTest, WaitsForAWorkerForSoLong) {
    test::TempDir dir;
    SystemdUnitLauncher units{loop_, systemd_, dir.path(), 50ms};
    ASSERT_TRUE(units.open());
    units.launch(0, [this](Result<WorkerConnection> hand) { answers_.push_back(std::move(hand)); });
    wait_for_answer();
    ASSERT_FALSE(answers_[0]);
    EXPECT_NE(answers_[0].error().message.find("did not come to " + dir.at("worker.socket")),
              std::string::npos)
        << answers_[0].error().message;
    EXPECT_EQ(systemd_.stopped, std::vector{unit_of(0)});
}

TEST_F(UnitsTest, ASocketBelongsToOneDaemon) {
    SystemdUnitLauncher second{loop_, systemd_, dir_.path()};
    auto opened = second.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().message, "workers cannot come to " + path_ + ": Address already in use");
    turn();
    launch(getuid());
    auto peer = visit(path_);
    wait_for_answer();
    EXPECT_TRUE(answers_[0]);
}

TEST(SystemdUnitLauncher, TakeTheSocketOfADeadDaemonAway) {
    test::TempDir dir;
    auto address = address_of(dir.at("worker.socket"));
    ASSERT_EQ(bind(packet_socket().get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    Loop loop;
    Notes systemd;
    {
        SystemdUnitLauncher units{loop, systemd, dir.path()};
        ASSERT_TRUE(units.open());
        visit(dir.at("worker.socket"));
    }
    EXPECT_FALSE(dir.has("worker.socket"));
}

TEST(SystemdUnitLauncher, SayWhichPathIsTooLong) {
    Loop loop;
    Notes systemd;
    SystemdUnitLauncher units{loop, systemd, std::string(200, 'x')};
    auto opened = units.open();
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find("too long"), std::string::npos);
}

} // namespace

} // namespace haulier::daemon
