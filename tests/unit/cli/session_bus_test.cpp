// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/session_bus.hpp"

#include "support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace haulier::cli {
namespace {

namespace fs = std::filesystem;

class OwnBus : public testing::Test {
protected:
    OwnBus() { fs::create_directories(own); }

    static void listen_at(const fs::path& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.string().copy(address.sun_path, sizeof address.sun_path - 1);
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        close(fd);
    }
    std::string address(uid_t uid = geteuid()) {
        auto lookup = [this](const char* name) {
            auto found = variables.find(name);
            return found == variables.end() ? nullptr : found->second.c_str();
        };
        return own_bus_address(lookup, run, uid);
    }
    [[nodiscard]] std::string expected() const { return "unix:path=" + (own / "bus").string(); }

    test::TempDir directory;
    const fs::path run = directory.path();
    const fs::path own = run / std::to_string(geteuid());
    std::map<std::string, std::string> variables;
};

TEST_F(OwnBus, IsFoundWithoutVariables) {
    EXPECT_EQ(address(), "");
    listen_at(own / "bus");
    EXPECT_EQ(address(), expected());
    variables["DBUS_SESSION_BUS_ADDRESS"] = "";
    EXPECT_EQ(address(), expected());
}

TEST_F(OwnBus, IsNotNeededIfAVariableNamesABus) {
    listen_at(own / "bus");
    variables["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/elsewhere";
    EXPECT_EQ(address(), "");
    variables = {{"XDG_RUNTIME_DIR", own.string()}};
    EXPECT_EQ(address(), "");
}

TEST_F(OwnBus, IsPreferredToTheDirectoryOfAnotherUser) {
    listen_at(own / "bus");
    variables["XDG_RUNTIME_DIR"] = (run / "other").string();
    EXPECT_EQ(address(), expected());
}

TEST_F(OwnBus, IsASocketOfTheUser) {
    std::ofstream{own / "bus"}.put('x');
    EXPECT_EQ(address(), "") << "a file";
    auto other = run / std::to_string(geteuid() + 1);
    fs::create_directories(other);
    listen_at(other / "bus");
    EXPECT_EQ(address(geteuid() + 1), "") << "a socket of another user";
}

} // namespace
} // namespace haulier::cli
