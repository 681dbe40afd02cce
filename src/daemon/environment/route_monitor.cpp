// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/route_monitor.hpp"

#include "base/log.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/core.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <utility>

namespace haulier::daemon {

namespace {

/// Changes come in flocks; they are looked at together.
constexpr Usec Gather{50'000};
constexpr Usec PauseAfterFailure{1'000'000};
/// What the kernel fills at most in one go.
constexpr size_t BufferSize = 32 * 1024;

template <size_t Size>
struct alignas(nlmsghdr) Buffer : std::array<char, Size> {};

using Attributes = std::array<const nlattr*, RTA_MAX + 1>;

Attributes attributes_of(const nlmsghdr& message) {
    Attributes all{};
    auto keep = [](const nlattr* attribute, void* data) noexcept {
        auto type = mnl_attr_get_type(attribute);
        if (type <= RTA_MAX) (*static_cast<Attributes*>(data))[type] = attribute;
        return MNL_CB_OK;
    };
    mnl_attr_parse(&message, sizeof(rtmsg), keep, &all);
    return all;
}

uint32_t table_of(const rtmsg& route, const Attributes& attributes) {
    const auto* table = attributes[RTA_TABLE];
    if (table && mnl_attr_validate(table, MNL_TYPE_U32) == 0) return mnl_attr_get_u32(table);
    return route.rtm_table;
}

/// To neighbours by link-local addresses, or to groups: neither is a network.
bool is_local_affair(const rtmsg& route, const Attributes& attributes) {
    const auto* destination = attributes[RTA_DST];
    if (!destination || mnl_attr_get_payload_len(destination) < 4) return false;
    const auto* byte = static_cast<const uint8_t*>(mnl_attr_get_payload(destination));
    if (route.rtm_family == AF_INET)
        return (byte[0] == 169 && byte[1] == 254 && route.rtm_dst_len >= 16) ||
               (byte[0] >= 224 && byte[0] < 240);
    return byte[0] == 0xff || (byte[0] == 0xfe && (byte[1] & 0xc0) == 0x80);
}

/// By its own interface, or by that of one of its next hops.
bool uses_one_of(const std::set<uint32_t>& interfaces, const Attributes& attributes) {
    const auto* single = attributes[RTA_OIF];
    if (single && mnl_attr_validate(single, MNL_TYPE_U32) == 0 &&
        interfaces.contains(mnl_attr_get_u32(single)))
        return true;
    const auto* several = attributes[RTA_MULTIPATH];
    if (!several) return false;
    const auto* hop = static_cast<const rtnexthop*>(mnl_attr_get_payload(several));
    int left = mnl_attr_get_payload_len(several);
    while (left >= static_cast<int>(sizeof *hop) && hop->rtnh_len >= sizeof *hop && hop->rtnh_len <= left) {
        if (interfaces.contains(static_cast<uint32_t>(hop->rtnh_ifindex))) return true;
        int step = static_cast<int>(MNL_ALIGN(hop->rtnh_len));
        left -= step;
        hop = reinterpret_cast<const rtnexthop*>(reinterpret_cast<const char*>(hop) + step);
    }
    return false;
}

bool leads_out(const nlmsghdr& message, const std::set<uint32_t>& interfaces) {
    const auto& route = *static_cast<const rtmsg*>(mnl_nlmsg_get_payload(&message));
    if (route.rtm_type != RTN_UNICAST || (route.rtm_flags & RTM_F_CLONED) != 0) return false;
    if (route.rtm_family != AF_INET && route.rtm_family != AF_INET6) return false;
    auto attributes = attributes_of(message);
    return table_of(route, attributes) == RT_TABLE_MAIN && !is_local_affair(route, attributes) &&
           uses_one_of(interfaces, attributes);
}

bool is_usable(const ifinfomsg& link) {
    constexpr unsigned needed = IFF_UP | IFF_RUNNING;
    return (link.ifi_flags & needed) == needed && (link.ifi_flags & IFF_LOOPBACK) == 0;
}

} // namespace

void RouteMonitor::Closer::operator()(mnl_socket* socket) const {
    mnl_socket_close(socket);
}

RouteMonitor::RouteMonitor(Loop& loop, std::function<void(bool)> told)
    : loop_(loop), told_(std::move(told)) {}

RouteMonitor::~RouteMonitor() = default;

RouteMonitor::Socket RouteMonitor::open(unsigned groups) {
    Socket socket{mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (socket && mnl_socket_bind(socket.get(), groups, MNL_SOCKET_AUTOPID) < 0) return nullptr;
    return socket;
}

Status RouteMonitor::watch() {
    news_ = open(RTMGRP_LINK | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE);
    if (!news_)
        return Error{Errc::Internal,
                     fmt::format("the kernel tells nothing of its routes: {}", std::strerror(errno))};
    news_io_ = loop_.on_io(mnl_socket_get_fd(news_.get()), EPOLLIN, [this](uint32_t) { news(); });
    look();
    return Done{};
}

/// What changed does not matter, for everything is asked anew; so an overrun (ENOBUFS) loses nothing.
void RouteMonitor::news() {
    Buffer<BufferSize> buffer;
    while (mnl_socket_recvfrom(news_.get(), buffer.data(), buffer.size()) > 0 || errno == ENOBUFS)
        continue;
    look_soon(Gather);
}

void RouteMonitor::look_soon(Usec delay) {
    stale_ = true;
    if (asked_ == Asked::Nothing && !later_)
        later_ = loop_.after(delay, [this] {
            later_.reset();
            look();
        });
}

/// On a socket of its own, on which nothing is left of an answer that was given up.
void RouteMonitor::look() {
    stale_ = false;
    leads_out_ = false;
    usable_.clear();
    talk_io_.reset();
    talk_ = open(0);
    if (!talk_) return give_up(errno);
    talk_io_ = loop_.on_io(mnl_socket_get_fd(talk_.get()), EPOLLIN, [this](uint32_t) { answers(); });
    ask(Asked::Links);
}

void RouteMonitor::ask(Asked what) {
    Buffer<128> buffer{};
    auto* request = mnl_nlmsg_put_header(buffer.data());
    request->nlmsg_type = what == Asked::Links ? RTM_GETLINK : RTM_GETROUTE;
    request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request->nlmsg_seq = ++sequence_;
    mnl_nlmsg_put_extra_header(request, what == Asked::Links ? sizeof(ifinfomsg) : sizeof(rtmsg));
    asked_ = what;
    if (mnl_socket_sendto(talk_.get(), request, request->nlmsg_len) < 0) give_up(errno);
}

void RouteMonitor::answers() {
    Buffer<BufferSize> buffer;
    auto each = [](const nlmsghdr* message, void* self) noexcept {
        static_cast<RouteMonitor*>(self)->take(*message);
        return MNL_CB_OK;
    };
    while (asked_ != Asked::Nothing) {
        auto size = mnl_socket_recvfrom(talk_.get(), buffer.data(), buffer.size());
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (size <= 0) return give_up(errno);
        auto port = mnl_socket_get_portid(talk_.get());
        int r = mnl_cb_run(buffer.data(), static_cast<size_t>(size), sequence_, port, each, this);
        if (r == MNL_CB_STOP) finished();
        if (r < 0) return give_up(errno);
    }
}

void RouteMonitor::take(const nlmsghdr& message) {
    if (message.nlmsg_type == RTM_NEWLINK) {
        const auto& link = *static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(&message));
        if (is_usable(link)) usable_.insert(static_cast<uint32_t>(link.ifi_index));
    }
    if (message.nlmsg_type == RTM_NEWROUTE && !leads_out_) leads_out_ = leads_out(message, usable_);
}

void RouteMonitor::finished() {
    if (asked_ == Asked::Links) return ask(Asked::RouteMonitor);
    asked_ = Asked::Nothing;
    if (stale_) look_soon(Gather);
    if (std::exchange(known_, true) && last_ == leads_out_) return;
    last_ = leads_out_;
    told_(last_);
}

/// A dump can be interrupted by a change (EINTR), or find no memory; the next one will not.
void RouteMonitor::give_up(int error) {
    asked_ = Asked::Nothing;
    talk_io_.reset();
    bool usual = error == EINTR;
    if (!usual) log::warning(fmt::format("asking for routes failed: {}", std::strerror(error)));
    look_soon(usual ? Gather : PauseAfterFailure);
}

} // namespace haulier::daemon
