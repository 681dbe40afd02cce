// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/host.hpp"

#include <gtest/gtest.h>

namespace haulier {

TEST(LoopbackHost, IncludesTheNamesBelowLocalhost) {
    for (const char* host : {"localhost", "LocalHost", "localhost.", "app.localhost", "a.b.localhost."})
        EXPECT_TRUE(is_loopback_host(host)) << host;
    for (const char* host : {"", ".", "localhost.example.org", "notlocalhost", "localhost..", "example.org"})
        EXPECT_FALSE(is_loopback_host(host)) << host;
}

TEST(LoopbackHost, IncludesAllFormsOfIpv4AddressesThatCurlAccepts) {
    for (const char* host : {"127.0.0.1", "127.9.8.7", "127.255.255.255", "127.1", "127.0.0", "127.0.256",
                             "2130706433", "0x7f000001", "0X7F.1", "0177.0.0.01", "127.0.0.1."})
        EXPECT_TRUE(is_loopback_host(host)) << host;
    for (const char* host : {"128.0.0.1", "126.255.255.255", "127", "127.0.0.256", "127.0.0.0.1", "127.0.0.x",
                             "127..1", "4294967296", "0x7g.1", "089.1", "127.0.0.1.example.org", "-127.1"})
        EXPECT_FALSE(is_loopback_host(host)) << host;
}

TEST(LoopbackHost, IncludesIpv6AddressesInBrackets) {
    for (const char* host :
         {"[::1]", "[0:0:0:0:0:0:0:1]", "[::1%lo]", "[::ffff:127.0.0.1]", "[::FFFF:7f00:2]"})
        EXPECT_TRUE(is_loopback_host(host)) << host;
    for (const char* host :
         {"[]", "[", "::1", "[::2]", "[::1", "[fe80::1%lo]", "[::ffff:10.0.0.1]", "[127.0.0.1]"})
        EXPECT_FALSE(is_loopback_host(host)) << host;
}

TEST(Port, IsANumberFrom1To65535) {
    for (const char* port : {"1", "80", "00080", "65535"})
        EXPECT_TRUE(is_port(port)) << port;
    for (const char* port : {"", "0", "65536", "99999999999", "-1", "+1", " 80", "80 ", "http"})
        EXPECT_FALSE(is_port(port)) << port;
}

} // namespace haulier
