// SPDX-License-Identifier: LGPL-2.1-or-later
// What apt writes to a method, in pieces of any size, and what this method understands of it.
#include "apt/message.hpp"
#include "apt/package.hpp"
#include "apt/settings.hpp"

#include <gtest/gtest.h>

namespace haulier::apt {

namespace {

const std::string Acquire = "600 URI Acquire\n"
                            "URI: http://deb.example.org/pool/vim_9.deb\n"
                            "Filename: /var/cache/apt/archives/partial/vim_2%3a9_amd64.deb\n"
                            "Expected-SHA512: AB\n"
                            "Expected-SHA256: Cd\n"
                            "Expected-Checksum-FileSize: 12\n\n";

std::string without(const std::string& name) {
    auto begin = Acquire.find(name + ":");
    auto copy = Acquire;
    return copy.erase(begin, copy.find('\n', begin) + 1 - begin);
}

std::string with(const std::string& line) {
    return Acquire.substr(0, Acquire.size() - 1) + line + "\n\n";
}

} // namespace

TEST(AptMessage, HasANumberAndFields) {
    Message message{"600 URI Acquire\nURI:http://x/a: b \nuri: second\nEmpty:\nno field\n\n"};
    EXPECT_EQ(message.number(), UriAcquire);
    EXPECT_EQ(message.field("uri"), "http://x/a: b");
    EXPECT_EQ(message.fields("URI"), (std::vector<std::string>{"http://x/a: b", "second"}));
    EXPECT_EQ(message.field("Empty"), "");
    EXPECT_FALSE(message.field("URI Acquire"));
    EXPECT_FALSE(message.field("no field"));
    EXPECT_EQ(Message{"\n\n"}.number(), 0);
    EXPECT_EQ(Message{"URI: x\n\n"}.number(), 0);
}

TEST(AptMessage, IsCompleteAfterTheEmptyLine) {
    const std::string both =
        "100 Capabilities\nPipeline: true\n\n\n\n601 Configuration\nConfig-Item: a=b\n\n";
    for (size_t length = 1; length < both.size(); ++length) {
        MessageBuffer buffer;
        std::vector<std::string> found;
        for (size_t at = 0; at < both.size(); at += length) {
            buffer.add(std::string_view{both}.substr(at, length));
            while (auto message = buffer.next())
                found.push_back(message->text());
        }
        EXPECT_EQ(found, (std::vector<std::string>{"100 Capabilities\nPipeline: true\n\n",
                                                   "601 Configuration\nConfig-Item: a=b\n\n"}));
        EXPECT_EQ(buffer.size(), 0U);
    }
}

TEST(AptMessage, NamesAPackage) {
    auto package = package_in(Message{Acquire});
    ASSERT_TRUE(package);
    EXPECT_EQ(package->uri, "http://deb.example.org/pool/vim_9.deb");
    EXPECT_EQ(package->name(), "vim_2%3a9_amd64.deb");
    EXPECT_EQ(package->size, 12U);
    EXPECT_TRUE(package->has_checksum("sha256:cd") && package->has_checksum("sha512:ab"));
    EXPECT_FALSE(package->has_checksum("sha256:ab") || package->has_checksum(""));
}

TEST(AptMessage, NamesNoPackageWithoutAChecksumAndASize) {
    for (const char* needed : {"URI", "Filename", "Expected-Checksum-FileSize"})
        EXPECT_FALSE(package_in(Message{without(needed)})) << needed;
    EXPECT_TRUE(package_in(Message{without("Expected-SHA256")}));
    auto neither = without("Expected-SHA256");
    neither.erase(neither.find("Expected-SHA512"), std::string{"Expected-SHA512: AB\n"}.size());
    EXPECT_FALSE(package_in(Message{neither}));
    EXPECT_FALSE(package_in(Message{with("Index-File: true")}));
}

TEST(AptMessage, WithAnOddPathOrSizeNamesNoPackage) {
    for (const char* path : {"relative", "/", "/folder/", ""}) {
        auto odd = without("Filename");
        odd.insert(odd.size() - 1, std::string{"Filename: "} + path + "\n");
        EXPECT_FALSE(package_in(Message{odd})) << path;
    }
    for (const char* size : {"", "-1", "1x", "x", "99999999999999999999"}) {
        auto odd = without("Expected-Checksum-FileSize");
        odd.insert(odd.size() - 1, std::string{"Expected-Checksum-FileSize: "} + size + "\n");
        EXPECT_FALSE(package_in(Message{odd})) << size;
    }
}

TEST(AptMessage, TellsAptThatNothingWasTransferred) {
    auto text = found_here(*package_in(Message{Acquire}), "Sun, 06 Nov 1994 08:49:37 GMT");
    MessageBuffer buffer;
    buffer.add(text);
    auto begin = *buffer.next();
    auto done = *buffer.next();
    EXPECT_EQ(begin.number(), UriStart);
    EXPECT_EQ(begin.field("Resume-Point"), begin.field("Size"));
    EXPECT_EQ(done.number(), UriDone);
    EXPECT_EQ(done.field("URI"), "http://deb.example.org/pool/vim_9.deb");
    EXPECT_EQ(done.field("Filename"), "/var/cache/apt/archives/partial/vim_2%3a9_amd64.deb");
    EXPECT_EQ(done.field("Last-Modified"), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_TRUE(done.fields("SHA256-Hash").empty());
}

TEST(AptSettings, AreInTheConfiguration) {
    auto settings = settings_in(Message{"601 Configuration\nConfig-Item: APT::Sandbox::User=_apt\n"
                                        "Config-Item: apt::haulier::directory=/srv/a%20b%zz%\n"
                                        "Config-Item: Odd\n\n"});
    EXPECT_EQ(settings.user, "_apt");
    EXPECT_EQ(settings.staging, "/srv/a b%zz%");
    EXPECT_TRUE(settings.is_enabled);
    settings = settings_in(Message{"601 Configuration\nConfig-Item: APT::Sandbox::User=root\n\n"});
    EXPECT_EQ(settings.user, "");
    EXPECT_EQ(settings.staging, "/var/cache/haulier-apt");
}

TEST(AptSettings, EitherSwitchTurnsTheMethodOff) {
    for (const char* name : {"Enable", "Method"})
        for (const char* no : {"false", "No", "0", "off"})
            EXPECT_FALSE(settings_in(Message{"601 Configuration\nConfig-Item: APT::Haulier::Enable=true\n"
                                             "Config-Item: APT::Haulier::" +
                                             std::string{name} + "=" + no +
                                             "\nConfig-Item: APT::Haulier::Method::x=true\n\n"})
                             .is_enabled)
                << name << no;
}

} // namespace haulier::apt
