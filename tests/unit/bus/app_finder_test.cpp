// SPDX-License-Identifier: LGPL-2.1-or-later
// The callers on a system bus, whose driver is at the other end of a socket.
#include "daemon/bus/access/app_finder.hpp"

#include <array>
#include <csignal>
#include <gtest/gtest.h>
#include <optional>
#include <sys/socket.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

namespace haulier::bus {

namespace {

using process::ProcessFacts;

constexpr uint32_t Person = 1000;

class AppFinderTest : public testing::Test {
protected:
    void SetUp() override {
        std::array<int, 2> ends{};
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
        ASSERT_GE(sd_bus_new(&bus_), 0);
        ASSERT_GE(sd_bus_set_fd(bus_, ends[0], ends[0]), 0);
        ASSERT_GE(sd_bus_new(&driver_), 0);
        ASSERT_GE(sd_bus_set_fd(driver_, ends[1], ends[1]), 0);
        ASSERT_GE(sd_bus_set_server(driver_, 1, sd_id128_t{}), 0);
        ASSERT_GE(sd_bus_add_filter(driver_, nullptr, &tell_credentials, this), 0);
        ASSERT_GE(sd_bus_start(driver_), 0);
        ASSERT_GE(sd_bus_start(bus_), 0);
        finder_.emplace(bus_, daemon::Instance::System,
                        [this](uint32_t uid, uint32_t pid, const auto& examined) {
                            EXPECT_EQ(uid, Person);
                            EXPECT_EQ(pid, static_cast<uint32_t>(pid_));
                            ++questions_;
                            if (seen_) return examined(*seen_);
                            examined(Error{Errc::Internal, "the worker process could not be started"});
                        });
    }
    void TearDown() override {
        finder_.reset();
        sd_bus_close_unref(bus_);
        sd_bus_close_unref(driver_);
    }

    Sandbox::Kind find(const std::string& name) {
        std::optional<Sandbox::Kind> kind;
        finder_->find(name, [&](const ProcessIdentity& found) {
            kind = found.sandbox.kind;
            is_final_ = found.is_final;
        });
        for (int turns = 0; !kind && turns < 1000; ++turns) {
            bool is_idle = sd_bus_process(driver_, nullptr) == 0 && sd_bus_process(bus_, nullptr) == 0;
            if (is_idle) sd_bus_wait(bus_, 10'000);
        }
        EXPECT_TRUE(kind) << "there was no reply";
        return kind.value_or(Sandbox::Kind::Snap);
    }

    std::optional<ProcessFacts> seen_; ///< by the worker
    int questions_ = 0;                ///< that the worker got
    int credentials_ = 0;              ///< questions that the bus got
    pid_t pid_ = getpid();             ///< of the caller
    bool is_final_ = false;            ///< what was found last
    std::optional<AppFinder> finder_;

private:
    static int tell_credentials(sd_bus_message* call, void* self, sd_bus_error* /*unused*/) {
        if (sd_bus_message_is_method_call(call, nullptr, "GetConnectionCredentials") <= 0) return 0;
        auto& test = *static_cast<AppFinderTest*>(self);
        ++test.credentials_;
        sd_bus_message* reply = nullptr;
        sd_bus_message_new_method_return(call, &reply);
        sd_bus_message_set_sender(reply, "org.freedesktop.DBus");
        sd_bus_message_append(reply, "a{sv}", 2, "UnixUserID", "u", Person, "ProcessID", "u",
                              static_cast<uint32_t>(test.pid_));
        sd_bus_send(nullptr, reply, nullptr);
        sd_bus_message_unref(reply);
        return 1;
    }

    sd_bus* bus_ = nullptr;
    sd_bus* driver_ = nullptr;
};

TEST_F(AppFinderTest, ACallerThatNoWorkerCouldExamineIsExaminedAgain) {
    EXPECT_EQ(find(":1.5"), Sandbox::Kind::Unknown);
    EXPECT_FALSE(is_final_);
    seen_ = ProcessFacts{.view = ProcessFacts::View::Open};
    EXPECT_EQ(find(":1.5"), Sandbox::Kind::None);
    EXPECT_TRUE(is_final_);
    EXPECT_EQ(questions_, 2);
    EXPECT_EQ(credentials_, 1) << "the process of the first call is meant, whoever has its id by now";
}

/// Its id may be given to a program outside the sandbox, while a child of it still has the connection.
TEST_F(AppFinderTest, ACallerThatHasEndedMeanwhileStaysUnknown) {
    pid_ = fork();
    if (pid_ == 0) {
        pause();
        _exit(0);
    }
    EXPECT_EQ(find(":1.5"), Sandbox::Kind::Unknown);
    kill(pid_, SIGKILL);
    ASSERT_EQ(waitpid(pid_, nullptr, 0), pid_);
    seen_ = ProcessFacts{.view = ProcessFacts::View::Open};
    EXPECT_EQ(find(":1.5"), Sandbox::Kind::Unknown);
    EXPECT_TRUE(is_final_);
}

TEST_F(AppFinderTest, WhatTheWorkerHasSeenIsRemembered) {
    seen_ = ProcessFacts{.view = ProcessFacts::View::Hidden};
    EXPECT_EQ(find(":1.5"), Sandbox::Kind::None) << "the process does not let itself be examined";
    seen_.reset();
    EXPECT_EQ(find(":1.5"), Sandbox::Kind::None);
    EXPECT_EQ(questions_, 1);
    finder_->left(":1.5");
    EXPECT_EQ(find(":1.5"), Sandbox::Kind::Unknown);
}

} // namespace

} // namespace haulier::bus
