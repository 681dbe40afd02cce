// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/descriptor_replies.hpp"

#include "base/must.hpp"

#include <chrono>
#include <systemd/sd-bus.h>
#include <utility>
#include <vector>

namespace haulier::bus {

namespace {

constexpr Usec Pause = std::chrono::milliseconds{50};

/// A message that is still in the queue of its bus needs its descriptor.
bool is_sent(const Message& message) {
    uint64_t queued = 0;
    return sd_bus_get_n_queued_write(sd_bus_message_get_bus(message.get()), &queued) < 0 || queued == 0;
}

int descriptor_in(const Message& message) {
    int copy = -1;
    must(sd_bus_message_rewind(message.get(), 1), "sd_bus_message_rewind");
    must(sd_bus_message_read(message.get(), "h", &copy), "sd_bus_message_read");
    return copy;
}

/// Keeps messages that must not be freed here. The kernel closes their descriptors when the process ends.
void keep_for_ever(Message message) {
    static std::vector<Message> kept;
    kept.push_back(std::move(message));
}

/// Returns a token that exists until the thread has closed the copy.
ForeignFd::Token watched(ForeignFd::Token token) {
    return std::make_shared<ForeignFd::Token>(std::move(token));
}

} // namespace

DescriptorReplies::~DescriptorReplies() {
    for (auto& sent : sent_)
        keep_for_ever(std::move(sent.message));
}

void DescriptorReplies::send(const Message& call, const SharedFd& file) {
    sd_bus_message* made = nullptr;
    must(sd_bus_message_new_method_return(call.get(), &made), "sd_bus_message_new_method_return");
    Message message{made, &sd_bus_message_unref};
    must(sd_bus_message_append(made, "h", file->get()), "sd_bus_message_append");
    if (int result = sd_bus_send(nullptr, made, nullptr); result < 0) {
        keep_for_ever(std::move(message));
        must(result, "sd_bus_send");
    }
    sent_.push_back({message, descriptor_in(message), file->token()});
    tidy();
}

void DescriptorReplies::tidy() {
    for (auto it = sent_.begin(); it != sent_.end();) {
        auto sent = it++;
        bool is_open = sent->copy >= 0;
        if (is_open && is_sent(sent->message)) {
            auto token = watched(std::move(sent->token));
            sent->closing = token;
            replace_with_null(std::exchange(sent->copy, -1), std::move(token));
        } else if (!is_open && sent->closing.expired()) {
            sent_.erase(sent);
        }
    }
    tidy_later();
}

void DescriptorReplies::tidy_later() {
    again_.reset();
    if (!sent_.empty()) again_ = loop_.after(Pause, [this] { tidy(); });
}

} // namespace haulier::bus
