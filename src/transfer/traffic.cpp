// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/traffic.hpp"

#include <algorithm>
#include <cstddef>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <utility>

namespace haulier::transfer {

namespace {

/// A chunk or frame of one byte, each in a TLS record of its own, costs about 40 bytes.
constexpr int64_t AllowedRatio = 64;
constexpr int64_t Wasteful = 256 * 1024;

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

uint64_t bytes_read(int socket) {
    tcp_info info{};
    socklen_t size = sizeof info;
    int unread = 0;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) < 0 || ioctl(socket, SIOCINQ, &unread) < 0)
        return 0;
    if (size < offsetof(tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received) return 0;
    auto waiting = static_cast<uint64_t>(std::max(unread, 0));
    return info.tcpi_bytes_received - std::min<uint64_t>(waiting, info.tcpi_bytes_received);
}

uint64_t bytes_unacknowledged(int socket) {
    int waiting = 0;
    return ioctl(socket, SIOCOUTQ, &waiting) < 0 ? 0 : static_cast<uint64_t>(std::max(waiting, 0));
}

} // namespace haulier::transfer
