// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/message_size.hpp"

#include "message_fixture.hpp"

#include <string>

namespace haulier::bus {

namespace {

class Weight : public MessageFixture {
protected:
    template <class... Values>
    Message message(const char* types, Values... values) {
        return sealed_message(
            [&](sd_bus_message* m) { EXPECT_GE(sd_bus_message_append(m, types, values...), 0); });
    }
    /// Files with so many mirrors, each of a thousand bytes.
    Message files(unsigned count, unsigned mirrors) {
        return sealed_message([&](sd_bus_message* m) { append_files(m, count, mirrors); });
    }

private:
    static void append_files(sd_bus_message* m, unsigned count, unsigned mirrors) {
        std::string mirror(1000, 'm');
        sd_bus_message_open_container(m, 'a', "(sa{sv})");
        for (unsigned file = 0; file < count; ++file) {
            sd_bus_message_open_container(m, 'r', "sa{sv}");
            sd_bus_message_append(m, "s", "http://a/f");
            sd_bus_message_open_container(m, 'a', "{sv}");
            sd_bus_message_open_container(m, 'e', "sv");
            sd_bus_message_append(m, "s", "Mirrors");
            sd_bus_message_open_container(m, 'v', "as");
            sd_bus_message_open_container(m, 'a', "s");
            for (unsigned n = 0; n < mirrors; ++n)
                sd_bus_message_append(m, "s", mirror.c_str());
            for (unsigned n = 0; n < 5; ++n)
                EXPECT_GE(sd_bus_message_close_container(m), 0);
        }
        EXPECT_GE(sd_bus_message_close_container(m), 0);
    }
};

TEST_F(Weight, OfNothingIsNothing) {
    EXPECT_EQ(message_size(message("").get()), 0U);
}

TEST_F(Weight, IsThatOfTheTexts) {
    std::string text(100'000, 'x');
    auto weight = message_size(message("usobdt", 1, text.c_str(), "/a", 1, 1.5, uint64_t{3}).get());
    EXPECT_GT(weight, 100'000U);
    EXPECT_LT(weight, 100'100U);
}

TEST_F(Weight, FindsTextsAtAnyDepth) {
    auto weight = message_size(files(100, 10).get());
    EXPECT_GT(weight, 1'000'000U);
    EXPECT_LT(weight, 1'100'000U);
}

TEST_F(Weight, OfVeryManyValuesIsTheGreatest) {
    EXPECT_EQ(message_size(files(2'500, 2).get()), MaxMessageSize);
}

TEST_F(Weight, LeavesTheMessageToBeRead) {
    auto read = message("su", "first", 2);
    message_size(read.get());
    const char* text = nullptr;
    uint32_t number = 0;
    EXPECT_GT(sd_bus_message_read(read.get(), "su", &text, &number), 0);
    EXPECT_STREQ(text, "first");
    EXPECT_EQ(number, 2U);
}

} // namespace

} // namespace haulier::bus
