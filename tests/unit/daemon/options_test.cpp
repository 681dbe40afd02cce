// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/options.hpp"

#include <cstdlib>
#include <getopt.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>
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
    EXPECT_EQ(o->instance, Instance::Session);
    EXPECT_EQ(o->state_directory, "/s");
    EXPECT_EQ(o->config_file, "/c");
    EXPECT_EQ(o->worker_program, "/w");
}

TEST(Options, NameWhatIsWrong) {
    EXPECT_NE(parse({"--usr"}).error().message.find("--usr"), std::string::npos);
    EXPECT_NE(parse({"--user", "now"}).error().message.find("'now'"), std::string::npos);
    EXPECT_NE(parse({}).error().message.find("--user"), std::string::npos);
    EXPECT_FALSE(parse({"--user", "--state-dir"}));
}

TEST(Options, FollowTheXdgDirectories) {
    unsetenv("STATE_DIRECTORY");
    setenv("HOME", "/home/x", 1);
    unsetenv("XDG_STATE_HOME");
    EXPECT_EQ(parse({"--user"})->state_directory, "/home/x/.local/state/haulier");
    setenv("XDG_STATE_HOME", "state", 1);
    EXPECT_EQ(parse({"--user"})->state_directory, "/home/x/.local/state/haulier") << "relative";
    setenv("XDG_STATE_HOME", "/state", 1);
    setenv("XDG_CONFIG_HOME", "/config", 1);
    EXPECT_EQ(parse({"--user"})->state_directory, "/state/haulier");
    EXPECT_EQ(parse({"--user"})->config_file, "/config/haulier/haulier.conf");
}

TEST(Options, KnowTheHomeDirectoryWithoutTheVariable) {
    unsetenv("STATE_DIRECTORY");
    unsetenv("HOME");
    unsetenv("XDG_STATE_HOME");
    const passwd* user = getpwuid(getuid());
    ASSERT_TRUE(user);
    EXPECT_EQ(parse({"--user"})->state_directory, std::string{user->pw_dir} + "/.local/state/haulier");
}

TEST(Options, OfTheSystemFollowSystemd) {
    unsetenv("STATE_DIRECTORY");
    unsetenv("RUNTIME_DIRECTORY");
    auto plain = parse({"--system"});
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->instance, Instance::System);
    EXPECT_EQ(plain->state_directory, "/var/lib/haulier");
    EXPECT_EQ(plain->config_file, "/etc/haulier/haulier.conf");
    EXPECT_EQ(plain->runtime_directory, "/run/haulier");
    setenv("STATE_DIRECTORY", "/s", 1);
    setenv("RUNTIME_DIRECTORY", "/r", 1);
    auto told = parse({"--system"});
    EXPECT_EQ(told->state_directory, "/s");
    EXPECT_EQ(told->runtime_directory, "/r");
    EXPECT_EQ(parse({"--system", "--runtime-dir=/x"})->runtime_directory, "/x");
    EXPECT_EQ(told->worker_program, "");
    EXPECT_EQ(parse({"--system", "--worker=/w"})->worker_program, "/w");
    unsetenv("STATE_DIRECTORY");
    unsetenv("RUNTIME_DIRECTORY");
}

} // namespace

} // namespace haulier::daemon
