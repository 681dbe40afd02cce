// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages through a pipe, also those that a browser would not send.
#include "browser/message.hpp"

#include "base/fd.hpp"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <gtest/gtest.h>

namespace haulier::browser {

namespace {

class MessagePipe : public testing::Test {
protected:
    MessagePipe() {
        std::array<int, 2> ends{};
        EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
        out_ = Fd{ends[0]};
        in_ = Fd{ends[1]};
    }
    void send(uint32_t length, const std::string& text) {
        std::array<char, 4> prefix{};
        std::memcpy(prefix.data(), &length, prefix.size());
        send_raw({prefix.data(), prefix.size()});
        send_raw(text);
    }
    void send_raw(const std::string& bytes) {
        EXPECT_EQ(write(in_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    }
    auto received() { return read_message(out_.get()); }

    Fd out_;
    Fd in_;
};

} // namespace

TEST_F(MessagePipe, CarriesMessagesAndTheirEnd) {
    ASSERT_TRUE(write_message(in_.get(), "{}"));
    ASSERT_TRUE(write_message(in_.get(), ""));
    in_.reset();
    EXPECT_EQ(**received(), "{}");
    EXPECT_EQ(**received(), "");
    EXPECT_FALSE(*received());
}

TEST_F(MessagePipe, RefusesWhatIsTooLongWithoutReadingIt) {
    send(MaxMessage + 1, "");
    auto refused = received();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "a message has 1048577 bytes, and at most 1048576 are read");
    send(0xffffffff, "");
    EXPECT_FALSE(received());
}

TEST_F(MessagePipe, RefusesWhatIsCutShort) {
    send(10, "{}");
    in_.reset();
    EXPECT_EQ(received().error().message, "a message ends too early");
}

TEST_F(MessagePipe, RefusesACutLength) {
    send_raw("ab");
    in_.reset();
    EXPECT_EQ(received().error().message, "a message ends too early");
}

} // namespace haulier::browser
