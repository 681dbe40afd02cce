// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/packet_socket.hpp"

#include <array>
#include <cassert>
#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <utility>

namespace haulier::wire {

namespace {

/// After so many packets, event sources of lower priority are served first. Any process of a user can pose as
/// a worker, and one that sends without pause would starve them.
constexpr unsigned MaxPacketsInARow = 64;

} // namespace

PacketSocket::PacketSocket(Loop& loop, Fd fd, Handlers handlers)
    : loop_(loop), fd_(std::move(fd)), handlers_(std::move(handlers)) {
    io_ = loop.on_io(fd_.get(), EPOLLIN, [this](uint32_t events) { ready(events); });
}

void PacketSocket::send(std::string packet) {
    assert(packet.size() <= MaxPacket);
    queue_.push_back(std::move(packet));
    // A broken connection is noticed when reading, in a later iteration of the loop.
    flush();
}

void PacketSocket::ready(uint32_t events) {
    bool alive = true;
    if (events & EPOLLOUT) alive = flush();
    if (alive && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) alive = receive();
    if (!alive) close();
}

/// Reads one packet per iteration of the loop, so that a busy worker does not starve the bus.
bool PacketSocket::receive() {
    static thread_local std::array<char, MaxPacket + 1> buffer;
    iovec space{buffer.data(), buffer.size()};
    msghdr header{};
    header.msg_iov = &space;
    header.msg_iovlen = 1;
    ssize_t got = recvmsg(fd_.get(), &header, MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0 || (header.msg_flags & MSG_TRUNC) || static_cast<size_t>(got) > MaxPacket) return false;
    if (++in_a_row_ == MaxPacketsInARow) pause();
    // A copy, because the handler may destroy this socket.
    auto handler = handlers_.packet;
    handler({buffer.data(), static_cast<size_t>(got)});
    return true;
}

bool PacketSocket::flush() {
    while (!queue_.empty()) {
        const auto& packet = queue_.front();
        if (::send(fd_.get(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
            if (errno == EINTR) continue;
            if (errno != EAGAIN && errno != ENOBUFS) return false;
            watch();
            return true;
        }
        queue_.pop_front();
    }
    watch();
    return true;
}

void PacketSocket::pause() {
    pause_ = loop_.defer(
        [this] {
            in_a_row_ = 0;
            pause_.reset();
            watch();
        },
        EventPriority::Last);
    watch();
}

void PacketSocket::watch() {
    uint32_t events = 0;
    if (!pause_) events |= EPOLLIN;
    if (!queue_.empty()) events |= EPOLLOUT;
    io_.watch(events);
}

void PacketSocket::close() {
    io_.reset();
    pause_.reset();
    auto closed = std::move(handlers_.closed);
    if (closed) closed();
}

} // namespace haulier::wire
