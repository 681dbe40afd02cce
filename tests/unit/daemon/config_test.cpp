// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/config.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace haulier::daemon {

namespace {

using std::chrono::milliseconds;

TEST(Config, TakesEveryKindOfValue) {
    auto [config, warnings] = parse_config("# a comment\n"
                                           "[Daemon]\nIdleTimeout = 2min 30s\n"
                                           "[Jobs]\nMaxJobs=7\nInactivityTimeout=30d\n"
                                           "[Network]\nWatch=no\n"
                                           "[Transfer]\nCheckpointBytes=4M\n"
                                           "[Retry]\nBackoff=constant\nMaximumDelay=2h\n"
                                           "[Notify]\nRetryDelay=100ms\n",
                                           "test.conf");
    EXPECT_TRUE(warnings.empty());
    EXPECT_EQ(config.idle_timeout, milliseconds{150000});
    EXPECT_EQ(config.limits.jobs, 7U);
    EXPECT_EQ(config.inactivity_timeout, std::chrono::hours{30 * 24});
    EXPECT_FALSE(config.watch_network);
    EXPECT_EQ(config.checkpoint_bytes, 4U << 20);
    EXPECT_EQ(config.retry.backoff, job::Backoff::Constant);
    EXPECT_EQ(config.retry.maximum_delay, std::chrono::seconds{7200});
    EXPECT_EQ(config.notify_retry, milliseconds{100});
}

TEST(Config, WarnsOfUnknownKeysWithFileAndLine) {
    auto [config, warnings] = parse_config("[Daemon]\nIdelTimeout=3s\nIdleTimeout=3s\n", "test.conf");
    EXPECT_EQ(warnings, (std::vector<std::string>{
                            "test.conf:2: unknown key 'IdelTimeout' in section [Daemon], ignored"}));
    EXPECT_EQ(config.idle_timeout, milliseconds{3000});
}

TEST(Config, KeepsTheDefaultForABadValueAndSaysWhatWouldBeRight) {
    for (const char* bad : {"IdleTimeout=", "IdleTimeout=soon", "IdleTimeout=-3", "IdleTimeout=3 parsecs",
                            "IdleTimeout=99999999999999999999"}) {
        auto [config, warnings] = parse_config(std::string{"[Daemon]\n"} + bad + "\n", "test.conf");
        ASSERT_EQ(warnings.size(), 1U) << bad;
        EXPECT_NE(warnings[0].find("such as 30s; the default stands"), std::string::npos) << warnings[0];
        EXPECT_EQ(config.idle_timeout, milliseconds{30000});
    }
    EXPECT_EQ(parse_config("[Jobs]\nMaxJobs=0\n", "x").warnings.size(), 1U);
    EXPECT_EQ(parse_config("[Jobs]\nMaxJobs=4294967296\n", "x").warnings.size(), 1U);
    EXPECT_EQ(parse_config("[Retry]\nBackoff=sometimes\n", "x").warnings.size(), 1U);
    EXPECT_EQ(parse_config("[Network]\nWatch=maybe\n", "x").warnings,
              (std::vector<std::string>{"x:2: Watch='maybe' is not yes or no; the default stands"}));
}

TEST(Config, WarnsOfLinesThatAreNone) {
    auto [config, warnings] = parse_config("Key=1\n[Daemon]\nnonsense\n", "test.conf");
    EXPECT_EQ(warnings, (std::vector<std::string>{"test.conf:1: line stands before any [Section], ignored",
                                                  "test.conf:3: line is not Key=value, ignored"}));
}

TEST(Config, ReadsDropInsInOrderAfterTheFile) {
    std::filesystem::path dir =
        std::filesystem::temp_directory_path() / ("haulier-config-" + std::to_string(getpid()));
    std::filesystem::create_directories(dir / "haulier.conf.d");
    std::ofstream(dir / "haulier.conf") << "[Daemon]\nIdleTimeout=1s\n[Jobs]\nMaxJobs=5\n";
    std::ofstream(dir / "haulier.conf.d/20.conf") << "[Daemon]\nIdleTimeout=3s\n";
    std::ofstream(dir / "haulier.conf.d/10.conf") << "[Daemon]\nIdleTimeout=2s\n";
    std::ofstream(dir / "haulier.conf.d/30.conf.dpkg-old") << "[Daemon]\nIdleTimeout=4s\n";
    auto [config, warnings] = read_config(dir / "haulier.conf");
    std::filesystem::remove_all(dir);
    EXPECT_TRUE(warnings.empty());
    EXPECT_EQ(config.idle_timeout, milliseconds{3000});
    EXPECT_EQ(config.limits.jobs, 5U);
}

TEST(Config, AMissingFileIsNoFault) {
    EXPECT_TRUE(read_config("/nonexistent/haulier.conf").warnings.empty());
}

} // namespace

} // namespace haulier::daemon
