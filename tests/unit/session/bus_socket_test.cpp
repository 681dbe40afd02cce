// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session/bus_socket.hpp"

#include "local_socket.hpp"
#include "support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace haulier::session {

namespace {

using State = BusSocket::State;

TEST(BusSocketPath, IsInTheRuntimeDirectoryUnlessTheEnvironmentSaysOtherwise) {
    EXPECT_EQ(bus_socket(nullptr, 1000), "/run/user/1000/bus");
    EXPECT_EQ(bus_socket("", 0), "/run/user/0/bus");
    EXPECT_EQ(bus_socket("unix:path=/tmp/x/bus", 1000), "/tmp/x/bus");
    EXPECT_EQ(bus_socket("unix:path=/tmp/x/bus,guid=0123", 1000), "/tmp/x/bus");
    EXPECT_EQ(bus_socket("unix:path=/tmp/a;unix:path=/tmp/b", 1000), "/tmp/a");
}

TEST(BusSocketPath, IsNothingElse) {
    for (const char* address : {"unix:abstract=/tmp/x", "unixexec:path=/bin/sh", "tcp:host=localhost,port=1",
                                "unix:path=relative", "unix:path=/tmp/a%2fb", "autolaunch:", "/tmp/bus"})
        EXPECT_EQ(bus_socket(address, 1000), "") << address;
}

struct BusSocketTest : testing::Test {
    test::TempDir directory;
    Loop loop;
    std::string path = directory.path() + "/run/bus";
    BusSocket socket{loop, path};
};

TEST_F(BusSocketTest, KnowsWhatIsThere) {
    EXPECT_EQ(socket.state(), State::NoDirectory);
    std::filesystem::create_directory(directory.path() + "/run");
    EXPECT_EQ(socket.state(), State::Missing);
    auto listening = local_socket(path);
    EXPECT_EQ(socket.state(), State::Present);
    EXPECT_EQ((BusSocket{loop, ""}.state()), State::NoDirectory);
}

TEST_F(BusSocketTest, TakesNothingFromOthers) {
    std::filesystem::create_directory(directory.path() + "/run");
    std::ofstream{path} << "no socket";
    EXPECT_EQ(socket.state(), State::Foreign);
    std::filesystem::remove(path);
    auto listening = local_socket(path);
    if (geteuid() != 0) GTEST_SKIP() << "only root can give a socket away";
    ASSERT_EQ(chown(path.c_str(), 1234, 1234), 0);
    EXPECT_EQ(socket.state(), State::Foreign);
}

TEST_F(BusSocketTest, TellsWhenItAppears) {
    std::filesystem::create_directory(directory.path() + "/run");
    int changes = 0;
    socket.watch([&] { ++changes; });
    while (loop.turn(Usec{0}))
        continue;
    EXPECT_EQ(changes, 0);
    auto listening = local_socket(path);
    EXPECT_TRUE(loop.turn(std::chrono::seconds{10}));
    EXPECT_EQ(changes, 1);
    socket.stop_watching();
    std::filesystem::remove(path);
    auto again = local_socket(path);
    while (loop.turn(Usec{0}))
        continue;
    EXPECT_EQ(changes, 1);
}

} // namespace

} // namespace haulier::session
