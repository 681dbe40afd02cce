// SPDX-License-Identifier: LGPL-2.1-or-later
// Replies with descriptors of users' files. libsystemd duplicates the descriptor and closes its copy when it
// frees the message, which can block. So each message is kept until it has been sent and a thread has closed
// the copy.
#pragma once

#include "base/event.hpp"
#include "base/foreign_fd.hpp"
#include "daemon/bus/sdbus/async_call.hpp"

#include <list>

namespace haulier::bus {

class DescriptorReplies {
public:
    explicit DescriptorReplies(Loop& loop) : loop_(loop) {}
    ~DescriptorReplies();
    DescriptorReplies(const DescriptorReplies&) = delete;
    DescriptorReplies& operator=(const DescriptorReplies&) = delete;

    /// Throws std::system_error if the reply cannot be sent.
    void send(const Message& call, const SharedFd& file);

private:
    struct Sent {
        Message message;
        int copy = -1;
        ForeignFd::Token token; ///< until the thread is started
        std::weak_ptr<void> closing{};
    };
    void tidy();
    void tidy_later();

    Loop& loop_;
    std::list<Sent> sent_;
    Source again_;
};

} // namespace haulier::bus
