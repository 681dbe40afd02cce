// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/yield_socket.hpp"

#include "transfer/traffic.hpp"
#include "transfer/yield_counters.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstddef>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace haulier::transfer {

namespace {

constexpr uint32_t LeastSegment = 536;
/// More than the pace at which the window moves, so that the window decides and the pace prevents bursts.
constexpr double PaceAboveWindow = 1.15;
/// For larger windows, the kernel chooses the buffer, because it may not allow so much; pacing suffices then.
constexpr double LargestSendBuffer = 128 * 1024;
constexpr uint64_t NoPace = ~uint64_t{0};

std::string text_of(const sockaddr_storage& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* raw = nullptr;
    if (address.ss_family == AF_INET) raw = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
    if (address.ss_family == AF_INET6) raw = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    if (!raw || !inet_ntop(address.ss_family, raw, text.data(), text.size())) return {};
    return text.data();
}

bool is_loopback(const sockaddr_storage& address) {
    constexpr uint8_t net = 127;
    if (address.ss_family == AF_INET)
        return ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr) >> 24 == net;
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == net);
}

yield::Seconds from_microseconds(uint32_t count) {
    return std::chrono::duration<double, std::micro>(count);
}

} // namespace

std::optional<ConnectionPath> path_of(int socket) {
    sockaddr_storage local{};
    sockaddr_storage remote{};
    socklen_t local_size = sizeof local;
    socklen_t remote_size = sizeof remote;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&local), &local_size) < 0 ||
        getpeername(socket, reinterpret_cast<sockaddr*>(&remote), &remote_size) < 0)
        return std::nullopt;
    if (is_loopback(remote)) return ConnectionPath{};
    auto interface = interface_of(local);
    // An address of this machine is reached without a network as well.
    bool leaves = !interface_of(remote);
    return ConnectionPath{text_of(remote), interface.value_or(""), leaves};
}

std::optional<yield::Sample> sample_of(int socket, bool sends) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) < 0) return std::nullopt;
    if (size < offsetof(tcp_info, tcpi_rcv_ooopack) + sizeof info.tcpi_rcv_ooopack) return std::nullopt;
    yield::Sample sample;
    sample.round_trip = from_microseconds(sends ? info.tcpi_rtt : info.tcpi_rcv_rtt);
    sample.handshake = from_microseconds(info.tcpi_rtt);
    sample.bytes = sends ? info.tcpi_bytes_sent : info.tcpi_bytes_received;
    sample.losses = sends ? info.tcpi_total_retrans : info.tcpi_rcv_ooopack;
    sample.segment = std::max(sends ? info.tcpi_snd_mss : info.tcpi_advmss, LeastSegment);
    sample.measures_queue = sends || (info.tcpi_options & TCPI_OPT_TIMESTAMPS) != 0;
    return sample;
}

void limit_sending(int socket, std::optional<double> window, yield::Seconds round_trip) {
    uint64_t pace = NoPace;
    if (window && *window > LeastSendBuffer && round_trip.count() > 0)
        pace = static_cast<uint64_t>(PaceAboveWindow * *window / round_trip.count());
    setsockopt(socket, SOL_SOCKET, SO_MAX_PACING_RATE, &pace, sizeof pace);
    if (window && *window <= LargestSendBuffer) {
        int bytes = static_cast<int>(std::max(*window, LeastSendBuffer));
        setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    } else {
        keep_buffer(socket, Buffer::Sending, false);
    }
}

} // namespace haulier::transfer
