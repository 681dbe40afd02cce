// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/traffic.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <optional>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <utility>

namespace haulier::transfer {

namespace {

/// A chunk or frame of one byte, each in a TLS record of its own, costs about 40 bytes.
constexpr int64_t AllowedRatio = 64;
constexpr int64_t Wasteful = 256 * 1024;

/// How much data of a limited connection may wait in the kernel, as time at the limited rate.
constexpr Usec HeldTime{75'000};
/// With fewer, a sender may wait for its timer.
constexpr uint32_t SegmentsHeld = 4;
constexpr uint32_t SmallestSegment = 536;
constexpr int LargestWindow = 1 << 30;
constexpr uint8_t Established = 1; ///< TCP_ESTABLISHED, which <linux/tcp.h> does not have

std::optional<tcp_info> info_of(int socket) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) < 0) return std::nullopt;
    if (size < offsetof(tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received) return std::nullopt;
    return info;
}

uint64_t bytes_received(int socket) {
    auto info = info_of(socket);
    return info ? info->tcpi_bytes_received : 0;
}

} // namespace

void Traffic::count(uint64_t received) {
    uint64_t before = std::exchange(received_, received);
    auto delivered = static_cast<int64_t>(std::exchange(delivered_, 0));
    // The first count is the beginning; and the descriptor may have become that of another connection.
    if (!std::exchange(begun_, true) || received < before) return;
    auto overhead = static_cast<int64_t>(received - before) - delivered;
    credit_ = std::min(MaxCredit, credit_ - overhead + AllowedRatio * delivered);
}

bool Traffic::is_wasteful() const {
    return credit_ < MaxCredit - Wasteful;
}

uint64_t Traffic::take_uncharged(int socket) {
    auto now = is_new_ ? bytes_received(socket) : bytes_read(socket);
    auto before = charged_.value_or(is_new_ ? 0 : now);
    is_new_ = false;
    charged_ = std::max(before, now);
    return *charged_ - before;
}

void Traffic::was_unlimited() {
    is_new_ = false;
    charged_.reset();
}

std::optional<uint64_t> window_for(int socket, uint64_t bytes_per_second) {
    auto info = info_of(socket);
    if (!info || info->tcpi_state != Established) return std::nullopt;
    auto seconds = std::chrono::duration<double>(Usec{info->tcpi_rtt} + HeldTime).count();
    auto least = SegmentsHeld * std::max(info->tcpi_advmss, SmallestSegment);
    return static_cast<uint64_t>(
        std::clamp<double>(static_cast<double>(bytes_per_second) * seconds, least, LargestWindow));
}

void keep_buffer(int socket, Buffer buffer, bool keep) {
    int kept = 0;
    socklen_t size = sizeof kept;
    if (getsockopt(socket, SOL_SOCKET, SO_BUF_LOCK, &kept, &size) < 0) return;
    int bit = static_cast<int>(buffer);
    int wanted = keep ? kept | bit : kept & ~bit;
    if (wanted != kept) setsockopt(socket, SOL_SOCKET, SO_BUF_LOCK, &wanted, sizeof wanted);
}

void clamp_window(int socket, std::optional<uint64_t> bytes, bool may_buffer_grow) {
    // While the kernel may let the buffer grow, it widens the window when data is read after a pause.
    keep_buffer(socket, Buffer::Receiving, bytes && !may_buffer_grow);
    auto window = static_cast<int>(std::min<uint64_t>(bytes.value_or(LargestWindow), LargestWindow));
    int before = 0;
    socklen_t size = sizeof before;
    getsockopt(socket, IPPROTO_TCP, TCP_WINDOW_CLAMP, &before, &size);
    bool is_close = before <= window && before >= window - window / 64;
    if (!is_close) setsockopt(socket, IPPROTO_TCP, TCP_WINDOW_CLAMP, &window, sizeof window);
}

uint64_t bytes_read(int socket) {
    auto info = info_of(socket);
    int unread = 0;
    if (!info || ioctl(socket, SIOCINQ, &unread) < 0) return 0;
    auto waiting = static_cast<uint64_t>(std::max(unread, 0));
    return info->tcpi_bytes_received - std::min<uint64_t>(waiting, info->tcpi_bytes_received);
}

uint64_t bytes_unacknowledged(int socket) {
    int waiting = 0;
    return ioctl(socket, SIOCOUTQ, &waiting) < 0 ? 0 : static_cast<uint64_t>(std::max(waiting, 0));
}

} // namespace haulier::transfer
