// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/sdbus/append.hpp"

#include "daemon/bus/job_properties.hpp"
#include "message_fixture.hpp"

namespace haulier::bus {

namespace {

class Appending : public MessageFixture {
protected:
    /// With what `content` appends, to be read from the beginning.
    template <class Content>
    Message message(Content content) {
        auto made = sealed_message(content);
        EXPECT_GE(sd_bus_message_rewind(made.get(), 1), 0);
        return made;
    }
    static std::string signature_in(const Message& message) {
        return sd_bus_message_get_signature(message.get(), 1);
    }
};

TEST_F(Appending, ValuesArriveAsTheyAre) {
    auto made = message([](sd_bus_message* to) {
        append(to, std::string{"text"});
        append(to, sdbus::ObjectPath{"/a"});
        append(to, true);
        append(to, int32_t{-5});
        append(to, uint64_t{1} << 40);
        append(to, std::vector<std::string>{"one", "two"});
        append(to, sdbus::Struct<std::string, uint32_t>{"three", 3U});
    });
    EXPECT_EQ(signature_in(made), "sobitas(su)");
    const char* text = nullptr;
    const char* path = nullptr;
    int truth = 0;
    int32_t small = 0;
    uint64_t large = 0;
    const char* first = nullptr;
    const char* second = nullptr;
    const char* third = nullptr;
    uint32_t number = 0;
    ASSERT_GE(sd_bus_message_read(made.get(), "sobitas(su)", &text, &path, &truth, &small, &large, 2, &first,
                                  &second, &third, &number),
              0);
    EXPECT_STREQ(text, "text");
    EXPECT_STREQ(path, "/a");
    EXPECT_EQ(truth, 1);
    EXPECT_EQ(small, -5);
    EXPECT_EQ(large, uint64_t{1} << 40);
    EXPECT_STREQ(first, "one");
    EXPECT_STREQ(second, "two");
    EXPECT_STREQ(third, "three");
    EXPECT_EQ(number, 3U);
}

TEST_F(Appending, EveryPropertyOfAJobHasItsNameAndType) {
    job::Job job;
    const daemon::JobRecord record{job, {}};
    const JobView view{record, record.durable(), {}, {}};
    auto properties = all_properties();
    auto made = message([&](sd_bus_message* to) { append_values(to, view, properties); });
    auto* reading = made.get();
    ASSERT_EQ(signature_in(made), "a{sv}");
    ASSERT_GT(sd_bus_message_enter_container(reading, 'a', "{sv}"), 0);
    for (const auto* property : properties) {
        const char* name = nullptr;
        const char* type = nullptr;
        ASSERT_GT(sd_bus_message_enter_container(reading, 'e', "sv"), 0) << property->name;
        ASSERT_GT(sd_bus_message_read_basic(reading, 's', &name), 0);
        ASSERT_GT(sd_bus_message_peek_type(reading, nullptr, &type), 0);
        EXPECT_EQ(property->name, name);
        EXPECT_EQ(property->signature, type);
        ASSERT_GT(sd_bus_message_skip(reading, "v"), 0);
        ASSERT_GE(sd_bus_message_exit_container(reading), 0);
    }
    EXPECT_EQ(sd_bus_message_at_end(reading, 0), 1);
}

} // namespace

} // namespace haulier::bus
