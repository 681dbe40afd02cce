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
/// The time for the buffer is shorter, because a buffer may hold more than its nominal size.
constexpr Usec BufferedTime{50'000};
/// With fewer segments, a sender may wait for its timer.
constexpr uint32_t SegmentsHeld = 4;
constexpr uint32_t SmallestSegment = 536;
constexpr int LargestWindow = 1 << 30;
/// Linux allows unprivileged programs little more by default (net.core.rmem_max).
constexpr uint64_t LargestBuffer = 200 * 1024;
constexpr uint64_t UsualBuffer = 64 * 1024;
/// A round trip may take longer than it did when the connection was established.
constexpr double MarginForRoundTrips = 1.25;
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

double buffered_seconds() {
    return std::chrono::duration<double>(BufferedTime).count();
}

} // namespace

uint64_t bytes_unread(int socket) {
    int unread = 0;
    return ioctl(socket, SIOCINQ, &unread) < 0 ? 0 : static_cast<uint64_t>(std::max(unread, 0));
}

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

std::optional<HeldWindow> window_for(int socket, uint64_t bytes_per_second) {
    auto info = info_of(socket);
    if (!info || info->tcpi_state != Established) return std::nullopt;
    auto rate = static_cast<double>(bytes_per_second);
    auto round_trip = std::chrono::duration<double>(Usec{info->tcpi_rtt}).count();
    auto held = std::chrono::duration<double>(HeldTime).count();
    auto least = SegmentsHeld * std::max(info->tcpi_advmss, SmallestSegment);
    HeldWindow window;
    window.bytes =
        static_cast<uint64_t>(std::clamp<double>(rate * (round_trip + held), least, LargestWindow));
    bool fits = rate * round_trip * MarginForRoundTrips <= static_cast<double>(LargestBuffer);
    auto buffered = rate * (MarginForRoundTrips * round_trip + buffered_seconds());
    if (fits) window.buffer = static_cast<uint64_t>(std::clamp<double>(buffered, least, LargestBuffer));
    return window;
}

void keep_buffer(int socket, Buffer buffer, bool keep) {
    int kept = 0;
    socklen_t size = sizeof kept;
    if (getsockopt(socket, SOL_SOCKET, SO_BUF_LOCK, &kept, &size) < 0) return;
    int bit = static_cast<int>(buffer);
    int wanted = keep ? kept | bit : kept & ~bit;
    if (wanted != kept) setsockopt(socket, SOL_SOCKET, SO_BUF_LOCK, &wanted, sizeof wanted);
}

void clamp_window(int socket, std::optional<uint64_t> bytes) {
    auto window = static_cast<int>(std::min<uint64_t>(bytes.value_or(LargestWindow), LargestWindow));
    int before = 0;
    socklen_t size = sizeof before;
    getsockopt(socket, IPPROTO_TCP, TCP_WINDOW_CLAMP, &before, &size);
    bool is_close = before <= window && before >= window - window / 64;
    if (!is_close) setsockopt(socket, IPPROTO_TCP, TCP_WINDOW_CLAMP, &window, sizeof window);
}

void limit_first_buffer(int socket, uint64_t bytes) {
    auto wanted = static_cast<int>(std::min(bytes, LargestBuffer));
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
}

/// The kernel keeps the double of what is set, because it counts its own memory as well.
void limit_buffer(int socket, std::optional<uint64_t> bytes) {
    int kept = 0;
    int before = 0;
    socklen_t size = sizeof kept;
    if (getsockopt(socket, SOL_SOCKET, SO_BUF_LOCK, &kept, &size) < 0) return;
    bool was_limited = (kept & static_cast<int>(Buffer::Receiving)) != 0;
    size = sizeof before;
    getsockopt(socket, SOL_SOCKET, SO_RCVBUF, &before, &size);
    auto present = static_cast<uint64_t>(before / 2);
    if (!bytes) {
        if (!was_limited) return;
        if (present < UsualBuffer) limit_first_buffer(socket, UsualBuffer);
        return keep_buffer(socket, Buffer::Receiving, false);
    }
    // The peer may still send what an earlier window allows, and it must not be dropped.
    auto least = std::max(std::min(bytes_unread(socket), present), present / 4 * 3);
    auto wanted = std::max(*bytes, least);
    bool is_close = wanted <= present + present / 8 && present <= wanted + wanted / 8;
    if (!was_limited || !is_close) limit_first_buffer(socket, wanted);
}

uint64_t first_window_for(uint64_t bytes_per_second, size_t connections) {
    auto all = static_cast<double>(bytes_per_second) * buffered_seconds();
    return static_cast<uint64_t>(
        std::clamp<double>(all / static_cast<double>(std::max<size_t>(connections, 1)),
                           SegmentsHeld * SmallestSegment, LargestWindow));
}

uint64_t bytes_read(int socket) {
    auto info = info_of(socket);
    if (!info) return 0;
    return info->tcpi_bytes_received - std::min<uint64_t>(bytes_unread(socket), info->tcpi_bytes_received);
}

uint64_t bytes_unacknowledged(int socket) {
    int waiting = 0;
    return ioctl(socket, SIOCOUTQ, &waiting) < 0 ? 0 : static_cast<uint64_t>(std::max(waiting, 0));
}

} // namespace haulier::transfer
