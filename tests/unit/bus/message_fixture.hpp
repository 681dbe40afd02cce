// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages of a connection without a peer.
#pragma once

#include "daemon/bus/sdbus/async_call.hpp"

#include <array>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

namespace haulier::bus {

class MessageFixture : public testing::Test {
protected:
    void SetUp() override {
        std::array<int, 2> ends{};
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
        far_ = ends[1];
        ASSERT_GE(sd_bus_new(&bus_), 0);
        ASSERT_GE(sd_bus_set_fd(bus_, ends[0], ends[0]), 0);
        ASSERT_GE(sd_bus_start(bus_), 0);
    }
    void TearDown() override {
        sd_bus_close_unref(bus_);
        close(far_);
    }
    /// With what `content` appends to it.
    template <class Content>
    Message sealed_message(Content content) {
        auto made = new_call(bus_, "a.b", "/", "a.b", "C");
        content(made.get());
        EXPECT_GE(sd_bus_message_seal(made.get(), 1, 0), 0);
        return made;
    }

private:
    sd_bus* bus_ = nullptr;
    int far_ = -1;
};

} // namespace haulier::bus
