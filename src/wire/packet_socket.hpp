// SPDX-License-Identifier: LGPL-2.1-or-later
// One end of the link between haulierd and haulier-worker: whole messages in, whole messages out, never
// blocking.
#pragma once

#include "base/event.hpp"
#include "base/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

namespace haulier::wire {

/// The largest packet either side sends or accepts, in bytes.
inline constexpr size_t MaxPacket = 128 * 1024;
/// Of worker.proto; the next number with whatever an older side would misunderstand.
inline constexpr uint32_t Protocol = 1;

class PacketSocket {
public:
    /// Both may drop the socket; then nothing follows.
    struct Handlers {
        std::function<void(std::string_view packet)> packet;
        /// The other end is gone, or sent something larger than MaxPacket. Called once; nothing follows.
        std::function<void()> closed;
    };

    /// `fd`: a connected SOCK_SEQPACKET socket, non-blocking.
    PacketSocket(Loop& loop, Fd fd, Handlers handlers);

    /// Sends now, or as soon as the other end has room. Packets over MaxPacket are a fault of the caller
    /// (assert).
    void send(std::string packet);
    /// True while packets wait for room.
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
    std::deque<std::string> queue_;
    Source io_;
    Source pause_;
    unsigned in_a_row_ = 0;
};

} // namespace haulier::wire
