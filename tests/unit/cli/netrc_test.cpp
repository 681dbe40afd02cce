// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/netrc.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace haulier::cli {
namespace {

TEST(Netrc, FindsTheFirstEntryOfTheHost) {
    auto text = "machine a.example login joe password one\nmachine B.example\n\tlogin \"an na\"\n\tpassword "
                "\"t\\\"w o\" account x\nmachine a.example login other password three";
    EXPECT_EQ(netrc_login(text, "a.example"), (Login{"joe", "one"}));
    EXPECT_EQ(netrc_login(text, "b.example"), (Login{"an na", "t\"w o"}));
    EXPECT_FALSE(netrc_login(text, "c.example"));
    EXPECT_FALSE(netrc_login(text, "example"));
}

TEST(Netrc, IgnoresDefaultsMacrosAndComments) {
    auto text = "# machine a.example login joe password one\ndefault login any password x\n"
                "macdef init\nmachine a.example login joe\n\nmachine b.example login b password c\n";
    EXPECT_FALSE(netrc_login(text, "a.example"));
    EXPECT_EQ(netrc_login(text, "b.example"), (Login{"b", "c"}));
}

TEST(Netrc, HasAddressesWithoutBrackets) {
    EXPECT_EQ(netrc_login("machine ::1 login a password b", "[::1]"), (Login{"a", "b"}));
    EXPECT_EQ(netrc_login("machine [::1] login a password b", "[::1]"), (Login{"a", "b"}));
}

TEST(Netrc, MayComeFromWindows) {
    auto text = "macdef init\r\nmachine a.example login joe\r\n\r\nmachine b.example login b password c\r\n";
    EXPECT_FALSE(netrc_login(text, "a.example"));
    EXPECT_EQ(netrc_login(text, "b.example"), (Login{"b", "c"}));
}

TEST(Netrc, NeedsAUser) {
    EXPECT_FALSE(netrc_login("machine a.example password one", "a.example"));
    EXPECT_FALSE(netrc_login("machine", "a.example"));
    EXPECT_FALSE(netrc_login("machine a.example login \"", "a.example"));
    EXPECT_EQ(netrc_login("machine a.example password x machine a.example login joe", "a.example"),
              (Login{"joe", ""}));
}

TEST(Netrc, KnowsWhetherOthersCanReadIt) {
    auto path = testing::TempDir() + "netrc";
    std::ofstream{path} << "machine a.example";
    auto read = [&](const char* name) { return std::string{name} == "NETRC" ? path.c_str() : nullptr; };
    ASSERT_EQ(chmod(path.c_str(), 0600), 0);
    EXPECT_TRUE(read_netrc(read)->is_private);
    EXPECT_EQ(read_netrc(read)->text, "machine a.example");
    ASSERT_EQ(chmod(path.c_str(), 0640), 0);
    EXPECT_FALSE(read_netrc(read)->is_private);
    unlink(path.c_str());
    EXPECT_EQ(read_netrc(read)->text, "");
    path = testing::TempDir();
    EXPECT_TRUE(read_netrc(read)) << "a directory";
}

} // namespace
} // namespace haulier::cli
