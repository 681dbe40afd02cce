// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/server_name.hpp"

#include <gtest/gtest.h>

namespace haulier::transfer {
namespace {

struct Case {
    const char* field;
    const char* name;
};

class ServerName : public testing::TestWithParam<Case> {};

TEST_P(ServerName, IsTakenFromTheField) {
    EXPECT_EQ(server_name(GetParam().field, "http://h/dir/url.bin?name=x"), GetParam().name)
        << GetParam().field;
}

INSTANTIATE_TEST_SUITE_P(
    All, ServerName,
    testing::Values(
        Case{"attachment; filename=\"a b.txt\"", "a b.txt"}, Case{"attachment; filename=a.txt", "a.txt"},
        Case{"attachment;filename=a b.txt ; size=3", "a b.txt"},
        Case{"ATTACHMENT; FileName = \"a;b=.txt\"; x=y", "a;b=.txt"},
        Case{R"(inline; filename="say \"hi\".txt")", "say \"hi\".txt"},
        Case{"attachment; filename=\"e.txt\"; filename*=UTF-8''%e2%82%ac%20rates.txt", "\u20ac rates.txt"},
        Case{"attachment; filename*=iso-8859-1'en'%e4.txt; filename=a", "\u00e4.txt"},
        Case{"attachment; filename=\"\xe4.txt\"", "\u00e4.txt"},
        Case{"attachment; filename*=koi8-r''%e4; filename=a", "a"},
        Case{"attachment; filename*=broken; filename=a", "a"},
        Case{"attachment; filename=\"../../.bashrc\"", "_bashrc"},
        Case{R"(attachment; filename="C:\\\\dir\\\\a.txt")", "a.txt"},
        Case{R"(attachment; filename="C:\dir\a.txt")", "a.txt"}, Case{"attachment; filename=\"..\"", "_."},
        Case{"attachment; filename*=UTF-8''a%0ab%00c%2f..%2fd%07.txt", "d_.txt"},
        Case{"attachment; filename=\"/\"", "url.bin"}, Case{"attachment; filename=\"\"", "url.bin"},
        Case{"attachment; filename=\"a", "a"}, Case{"attachment; filename", "url.bin"},
        Case{";;=;\"", "url.bin"}, Case{"attachment", "url.bin"}, Case{"", "url.bin"}));

TEST(ServerNameOfUrl, IsDecodedAndMadeSafe) {
    EXPECT_EQ(server_name("", "http://h/a/%2e%2e%2fb%20c"), "_._b c");
    EXPECT_EQ(server_name("", "http://h/a/"), "");
    EXPECT_EQ(server_name("", "http://h"), "");
    EXPECT_EQ(server_name("attachment; filename=" + std::string(400, 'x'), "http://h/").size(), 255u);
    auto cut = server_name("attachment; filename=" + std::string(400, 'x') + ".iso", "http://h/");
    EXPECT_EQ(cut, std::string(251, 'x') + ".iso");
}

} // namespace
} // namespace haulier::transfer
