// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/packet_socket.hpp"

#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <utility>

namespace haulier::wire {

namespace {

/// After so many packets, event sources of lower priority are served first. Any process of a user can pose as
/// a worker, and one that sends without pause would starve them.
constexpr unsigned MaxPacketsInARow = 64;

/// Space for the control message with one descriptor. With that of CMSG_SPACE, the kernel would put in two.
struct DescriptorSpace {
    static constexpr size_t Size = CMSG_LEN(sizeof(int));
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> bytes{};

    void add_to(msghdr& header) {
        header.msg_control = bytes.data();
        header.msg_controllen = Size;
    }
};

Fd descriptor_in(msghdr& header) {
    const auto* control = CMSG_FIRSTHDR(&header);
    bool has_one = control && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS &&
                   control->cmsg_len == DescriptorSpace::Size;
    if (!has_one) return {};
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(control), sizeof fd);
    return Fd{fd};
}

ssize_t send_packet(int socket, const std::string& bytes, const SharedFd& descriptor) {
    constexpr int Flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    if (!descriptor) return ::send(socket, bytes.data(), bytes.size(), Flags);
    iovec data{const_cast<char*>(bytes.data()), bytes.size()};
    DescriptorSpace space;
    msghdr header{};
    header.msg_iov = &data;
    header.msg_iovlen = 1;
    space.add_to(header);
    auto* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = DescriptorSpace::Size;
    int fd = descriptor->get();
    std::memcpy(CMSG_DATA(control), &fd, sizeof fd);
    return sendmsg(socket, &header, Flags);
}

} // namespace

PacketSocket::PacketSocket(Loop& loop, Fd fd, Handlers handlers)
    : loop_(loop), fd_(std::move(fd)), handlers_(std::move(handlers)) {
    io_ = loop.on_io(fd_.get(), EPOLLIN, [this](uint32_t events) { ready(events); });
}

void PacketSocket::send(std::string packet, SharedFd descriptor) {
    assert(packet.size() <= MaxPacket);
    queue_.push_back({std::move(packet), std::move(descriptor)});
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
    DescriptorSpace control;
    if (descriptors_) control.add_to(header);
    ssize_t got = recvmsg(fd_.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    SharedFd descriptor;
    if (descriptors_ && got >= 0)
        if (auto fd = descriptor_in(header))
            descriptor = std::make_shared<ForeignFd>(std::move(fd), descriptors_);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0 || (header.msg_flags & MSG_TRUNC) || static_cast<size_t>(got) > MaxPacket) return false;
    if (++in_a_row_ == MaxPacketsInARow) pause();
    // A copy, because the handler may destroy this socket.
    std::string_view packet{buffer.data(), static_cast<size_t>(got)};
    if (descriptor) {
        auto handler = handlers_.packet_with_descriptor;
        handler(packet, descriptor);
    } else {
        auto handler = handlers_.packet;
        handler(packet);
    }
    return true;
}

bool PacketSocket::flush() {
    while (!queue_.empty()) {
        const auto& packet = queue_.front();
        if (send_packet(fd_.get(), packet.bytes, packet.descriptor) < 0) {
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
