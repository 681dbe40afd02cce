// SPDX-License-Identifier: LGPL-2.1-or-later
// One end of the socket between haulierd and haulier-worker. It sends and receives whole packets and never
// blocks.
#pragma once

#include "base/event.hpp"
#include "base/fd.hpp"
#include "base/foreign_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace haulier::wire {

/// Size of the largest packet that either side sends or accepts, in bytes.
inline constexpr size_t MaxPacket = 128 * 1024;
/// Tag and length of a message that is part of another one, in bytes.
inline constexpr size_t MaxLengthField = 8;
/// Version of worker.proto, incremented by each change that an older side would misunderstand.
inline constexpr uint32_t Protocol = 4;

class PacketSocket {
public:
    /// Each handler may destroy the socket.
    struct Handlers {
        std::function<void(std::string_view packet)> packet;
        /// The other end has closed the connection, or sent a packet larger than MaxPacket. The last call.
        std::function<void()> closed;
        /// For a packet with a descriptor; see accept_descriptors().
        std::function<void(std::string_view packet, const SharedFd& descriptor)> packet_with_descriptor{};
    };

    /// `fd`: a connected SOCK_SEQPACKET socket, non-blocking.
    PacketSocket(Loop& loop, Fd fd, Handlers handlers);

    /// Sends the packet now, or queues it until the other end reads. It must not exceed MaxPacket (assert).
    void send(std::string packet, SharedFd descriptor = {});
    /// With a token, which descriptors hold until they are closed: the first descriptor of each packet is
    /// accepted. Otherwise none is.
    void accept_descriptors(ForeignFd::Token token) { descriptors_ = std::move(token); }
    /// Packets are queued.
    [[nodiscard]] bool backed_up() const { return !queue_.empty(); }

private:
    void ready(uint32_t events);
    bool receive();
    bool flush();
    void pause();
    void watch();
    void close();

    Loop& loop_;
    Fd fd_;
    Handlers handlers_;
    struct Packet {
        std::string bytes;
        SharedFd descriptor;
    };
    std::deque<Packet> queue_;
    ForeignFd::Token descriptors_; ///< if descriptors are accepted
    Source io_;
    Source pause_;
    unsigned in_a_row_ = 0;
};

} // namespace haulier::wire
