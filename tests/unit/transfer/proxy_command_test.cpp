// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/proxy_command.hpp"

#include "support/temp_dir.hpp"

#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>

namespace haulier::transfer {
namespace {

class ProxyCommandTest : public testing::Test {
protected:
    /// What a shell script with this body prints.
    std::string run(const std::string& body, Usec limit = ProxyCommandLimit) {
        directory.write("program", "#!/bin/sh\n" + body + "\n");
        std::filesystem::permissions(directory.at("program"), std::filesystem::perms::owner_all);
        return run_proxy_command(directory.at("program"), "http://files.example:80/", limit);
    }
    test::TempDir directory;
};

TEST_F(ProxyCommandTest, GetsTheUrlAndReturnsWhatIsPrinted) {
    EXPECT_EQ(run("echo \"$1 $#\""), "http://files.example:80/ 1\n");
    EXPECT_EQ(run("echo proxy; echo advice >&2"), "proxy\n");
    EXPECT_EQ(run("cat"), "") << "there is no input";
}

TEST_F(ProxyCommandTest, AFailureIsNoAnswer) {
    EXPECT_EQ(run("echo proxy; exit 1"), "");
    EXPECT_EQ(run("echo proxy; kill $$"), "");
    EXPECT_EQ(run_proxy_command(directory.at("missing"), "http://files.example:80/"), "");
    directory.write("data", "no program");
    EXPECT_EQ(run_proxy_command(directory.at("data"), "http://files.example:80/"), "");
}

TEST_F(ProxyCommandTest, ASlowProgramIsKilledWithWhatItHasStarted) {
    auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(run("echo proxy; sleep 600 & sleep 600", std::chrono::milliseconds{200}), "");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{60});
}

TEST_F(ProxyCommandTest, MuchOutputIsNotKept) {
    EXPECT_LE(run("yes", std::chrono::milliseconds{200}).size(), 5000U);
}

} // namespace
} // namespace haulier::transfer
