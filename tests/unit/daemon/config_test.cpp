// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/common/config.hpp"

#include "support/temp_dir.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

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
        EXPECT_NE(warnings[0].find("is not a time span, such as 30s; the default stands"), std::string::npos)
            << warnings[0];
        EXPECT_EQ(config.idle_timeout, milliseconds{30000});
    }
    EXPECT_EQ(parse_config("[Jobs]\nMaxJobs=0\n", "x").warnings.size(), 1U);
    EXPECT_EQ(parse_config("[Jobs]\nMaxJobs=4294967296\n", "x").warnings.size(), 1U);
    EXPECT_EQ(parse_config("[Retry]\nBackoff=sometimes\n", "x").warnings.size(), 1U);
    EXPECT_EQ(parse_config("[Network]\nWatch=maybe\n", "x").warnings,
              (std::vector<std::string>{"x:2: Watch='maybe' is not yes or no; the default stands"}));
}

TEST(Config, PeersHaveNoUserNames) {
    auto sources = [](const std::string& value) {
        return parse_config("[Peers]\nSources=" + value + "\n", "x").config.limits.peer_sources.size();
    };
    EXPECT_EQ(sources("https://localhost:27500/{name} http://cache.example/a@b"), 2U);
    EXPECT_EQ(sources("http://anna@cache.example/{name}"), 0U);
    EXPECT_EQ(sources("http:///{name}"), 0U);
    EXPECT_EQ(sources("ftp://cache.example/{name}"), 0U);
}

TEST(Config, TheScheduleHasSeveralLines) {
    auto [config, warnings] = parse_config("[Network]\nBandwidthLimit=2M\n"
                                           "BandwidthSchedule=Mon..Fri 08:00-18:00 500K background\n"
                                           "BandwidthSchedule=at night 0\n"
                                           "BandwidthSchedule=Sun 22:00-06:00 0\n",
                                           "x");
    EXPECT_EQ(config.bandwidth_limit, 2U << 20);
    ASSERT_EQ(config.bandwidth_schedule.size(), 2U);
    EXPECT_TRUE(config.bandwidth_schedule[0].background_only);
    EXPECT_EQ(config.bandwidth_schedule[1].limit, 0U);
    EXPECT_EQ(warnings,
              (std::vector<std::string>{
                  "x:4: BandwidthSchedule='at night 0' is not days, hours and bytes a second, such as "
                  "Mon..Fri 08:00-18:00 500K background; the line is ignored"}));
    EXPECT_EQ(parse_config("[Network]\nBandwidthSchedule=8:00-9:00 0\nBandwidthSchedule=\n", "x")
                  .config.bandwidth_schedule.size(),
              0U);
    EXPECT_EQ(parse_config("[Network]\nBandwidthLimit=100\n", "x").warnings.size(), 1U);
}

TEST(Config, WarnsOfLinesThatAreNone) {
    auto [config, warnings] = parse_config("Key=1\n[Daemon]\nnonsense\n", "test.conf");
    EXPECT_EQ(warnings, (std::vector<std::string>{"test.conf:1: line stands before any [Section], ignored",
                                                  "test.conf:3: line is not Key=value, ignored"}));
}

TEST(Config, SaysOfATimeSpanWhatWouldBeOne) {
    auto warning = [](const std::string& line) {
        return parse_config("[Daemon]\n" + line + "\n", "x").warnings;
    };
    using Warnings = std::vector<std::string>;
    EXPECT_EQ(warning("IdleTimeout=infinity"),
              Warnings{"x:2: IdleTimeout='infinity' is not a time span, such as 30s; the default stands"});
    EXPECT_EQ(warning("WorkerTimeout=99ms"), Warnings{"x:2: WorkerTimeout='99ms' is not a time span of at "
                                                      "least 100 ms, such as 30s; the default stands"});
}

TEST(Config, MayBeginWithAByteOrderMark) {
    auto [config, warnings] = parse_config("\xef\xbb\xbf[Jobs]\nMaxJobs=7\n", "test.conf");
    EXPECT_TRUE(warnings.empty());
    EXPECT_EQ(config.limits.jobs, 7U);
}

/// Files of an administrator in a folder.
class ConfigFiles : public testing::Test {
protected:
    [[nodiscard]] std::string at(const std::string& name) const { return folder_.at(name); }
    void write(const std::string& name, const std::string& text) {
        std::filesystem::create_directories(at("haulier.conf.d"));
        folder_.write(name, text);
    }
    test::TempDir folder_;
};

TEST_F(ConfigFiles, DropInsAreReadInOrderAfterTheFile) {
    write("haulier.conf", "[Daemon]\nIdleTimeout=1s\n[Jobs]\nMaxJobs=5\n");
    write("haulier.conf.d/20.conf", "[Daemon]\nIdleTimeout=3s\n");
    write("haulier.conf.d/10.conf", "[Daemon]\nIdleTimeout=2s\n");
    write("haulier.conf.d/30.conf.dpkg-old", "[Daemon]\nIdleTimeout=4s\n");
    auto [config, warnings] = read_config(at("haulier.conf"));
    EXPECT_TRUE(warnings.empty());
    EXPECT_EQ(config.idle_timeout, milliseconds{3000});
    EXPECT_EQ(config.limits.jobs, 5U);
}

TEST_F(ConfigFiles, WhatIsNoFileIsAWarning) {
    write("haulier.conf.d/90.conf", "[Jobs]\nMaxJobs=5\n");
    std::filesystem::create_symlink("10.conf", at("haulier.conf.d/10.conf"));
    std::filesystem::create_directory(at("haulier.conf.d/20.conf"));
    ASSERT_EQ(mkfifo(at("haulier.conf.d/30.conf").c_str(), 0600), 0);
    std::filesystem::create_symlink("nowhere", at("haulier.conf.d/40.conf"));
    auto [config, warnings] = read_config(at("haulier.conf"));
    EXPECT_EQ(warnings, (std::vector<std::string>{
                            at("haulier.conf.d/10.conf cannot be read: Too many levels of symbolic links"),
                            at("haulier.conf.d/20.conf cannot be read: not a regular file"),
                            at("haulier.conf.d/30.conf cannot be read: not a regular file"),
                            at("haulier.conf.d/40.conf cannot be read: No such file or directory")}));
    EXPECT_EQ(config.limits.jobs, 5U);
}

TEST_F(ConfigFiles, SoItIsForTheFileItself) {
    std::filesystem::create_symlink("haulier.conf", at("haulier.conf"));
    EXPECT_EQ(read_config(at("haulier.conf")).warnings,
              std::vector<std::string>{at("haulier.conf cannot be read: Too many levels of symbolic links")});
}

TEST_F(ConfigFiles, AMissingFileIsNoFault) {
    EXPECT_TRUE(read_config(at("haulier.conf")).warnings.empty());
}

} // namespace

} // namespace haulier::daemon
