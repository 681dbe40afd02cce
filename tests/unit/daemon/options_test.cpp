// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/options.hpp"

#include <cstdlib>
#include <getopt.h>
#include <gtest/gtest.h>
#include <vector>

namespace haulier::daemon {

namespace {

Result<Options> parse(std::vector<std::string> words) {
    words.insert(words.begin(), "haulierd");
    std::vector<char*> arguments;
    for (auto& w : words)
        arguments.push_back(w.data());
    arguments.push_back(nullptr);
    optind = 0;
    return parse_options(static_cast<int>(words.size()), arguments.data());
}

TEST(Options, TakeWhatTheManPageSays) {
    auto o = parse({"--user", "--state-dir=/s", "--config", "/c", "--worker=/w"});
    ASSERT_TRUE(o);
    EXPECT_TRUE(o->user);
    EXPECT_EQ(o->state_directory, "/s");
    EXPECT_EQ(o->config_file, "/c");
    EXPECT_EQ(o->worker_program, "/w");
}

TEST(Options, NameWhatIsWrong) {
    EXPECT_NE(parse({"--usr"}).error().sentence.find("--usr"), std::string::npos);
    EXPECT_NE(parse({"--user", "now"}).error().sentence.find("'now'"), std::string::npos);
    EXPECT_NE(parse({}).error().sentence.find("--user"), std::string::npos);
    EXPECT_NE(parse({"--system"}).error().sentence.find("--system"), std::string::npos);
    EXPECT_FALSE(parse({"--user", "--state-dir"}));
}

TEST(Options, FollowTheXdgDirectories) {
    unsetenv("STATE_DIRECTORY");
    setenv("HOME", "/home/x", 1);
    unsetenv("XDG_STATE_HOME");
    EXPECT_EQ(parse({"--user"})->state_directory, "/home/x/.local/state/haulier");
    setenv("XDG_STATE_HOME", "/state", 1);
    setenv("XDG_CONFIG_HOME", "/config", 1);
    EXPECT_EQ(parse({"--user"})->state_directory, "/state/haulier");
    EXPECT_EQ(parse({"--user"})->config_file, "/config/haulier/haulier.conf");
}

} // namespace

} // namespace haulier::daemon
