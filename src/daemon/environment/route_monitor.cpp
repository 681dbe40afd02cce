// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/route_monitor.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/core.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace haulier::daemon {

namespace {

/// Changes come in bursts; one scan covers a burst.
constexpr Usec GatherChanges{50'000};
constexpr Usec PauseAfterFailure{1'000'000};
/// The kernel sends no more in one message.
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

/// To link-local or multicast addresses: such a route does not lead to other networks.
bool is_link_only(const rtmsg& route, const Attributes& attributes) {
    const auto* destination = attributes[RTA_DST];
    if (!destination || mnl_attr_get_payload_len(destination) < 4) return false;
    const auto* byte = static_cast<const uint8_t*>(mnl_attr_get_payload(destination));
    if (route.rtm_family == AF_INET)
        return (byte[0] == 169 && byte[1] == 254 && route.rtm_dst_len >= 16) ||
               (byte[0] >= 224 && byte[0] < 240);
    return byte[0] == 0xff || (byte[0] == 0xfe && (byte[1] & 0xc0) == 0x80);
}

/// A route has one next hop, or several.
std::vector<uint32_t> interfaces_of(const Attributes& attributes) {
    std::vector<uint32_t> interfaces;
    const auto* single = attributes[RTA_OIF];
    if (single && mnl_attr_validate(single, MNL_TYPE_U32) == 0)
        interfaces.push_back(mnl_attr_get_u32(single));
    const auto* several = attributes[RTA_MULTIPATH];
    if (!several) return interfaces;
    std::string_view hops{static_cast<const char*>(mnl_attr_get_payload(several)),
                          mnl_attr_get_payload_len(several)};
    rtnexthop hop{};
    while (hops.size() >= sizeof hop) {
        std::memcpy(&hop, hops.data(), sizeof hop);
        if (hop.rtnh_len < sizeof hop || hop.rtnh_len > hops.size()) break;
        interfaces.push_back(static_cast<uint32_t>(hop.rtnh_ifindex));
        hops.remove_prefix(std::min<size_t>(MNL_ALIGN(hop.rtnh_len), hops.size()));
    }
    return interfaces;
}

bool leads_out(const rtmsg& route, const Attributes& attributes) {
    if (route.rtm_type != RTN_UNICAST || (route.rtm_flags & RTM_F_CLONED) != 0) return false;
    if (route.rtm_family != AF_INET && route.rtm_family != AF_INET6) return false;
    return table_of(route, attributes) == RT_TABLE_MAIN && !is_link_only(route, attributes);
}

std::string name_of_interface(const nlmsghdr& message) {
    const nlattr* name = nullptr;
    auto find = [](const nlattr* attribute, void* data) noexcept {
        bool is_name = mnl_attr_get_type(attribute) == IFLA_IFNAME;
        if (is_name && mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) == 0)
            *static_cast<const nlattr**>(data) = attribute;
        return MNL_CB_OK;
    };
    mnl_attr_parse(&message, sizeof(ifinfomsg), find, &name);
    return name ? mnl_attr_get_str(name) : "";
}

bool is_usable(const ifinfomsg& link) {
    constexpr unsigned needed = IFF_UP | IFF_RUNNING;
    return (link.ifi_flags & needed) == needed && (link.ifi_flags & IFF_LOOPBACK) == 0;
}

} // namespace

void RouteMonitor::Closer::operator()(mnl_socket* socket) const {
    mnl_socket_close(socket);
}

RouteMonitor::RouteMonitor(Loop& loop, std::function<void(const Routes&)> changed)
    : loop_(loop), changed_(std::move(changed)) {}

RouteMonitor::~RouteMonitor() = default;

RouteMonitor::Socket RouteMonitor::open(unsigned groups) {
    Socket socket{mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (socket && mnl_socket_bind(socket.get(), groups, MNL_SOCKET_AUTOPID) < 0) return nullptr;
    return socket;
}

Status RouteMonitor::start() {
    change_socket_ = open(RTMGRP_LINK | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE);
    if (!change_socket_)
        return Error{Errc::Internal, fmt::format("cannot watch the routes: {}", std::strerror(errno))};
    change_io_ =
        loop_.on_io(mnl_socket_get_fd(change_socket_.get()), EPOLLIN, [this](uint32_t) { on_change(); });
    scan();
    return Done{};
}

/// It does not matter what changed, because the scan reads everything; so an overrun (ENOBUFS) loses nothing.
void RouteMonitor::on_change() {
    Buffer<BufferSize> buffer;
    while (mnl_socket_recvfrom(change_socket_.get(), buffer.data(), buffer.size()) > 0 || errno == ENOBUFS)
        continue;
    scan_after(GatherChanges);
}

void RouteMonitor::scan_after(Usec delay) {
    stale_ = true;
    if (dump_ == Dump::None && !scan_timer_)
        scan_timer_ = loop_.after(delay, [this] {
            scan_timer_.reset();
            scan();
        });
}

/// On a new socket, so that nothing is left of a dump that was given up.
void RouteMonitor::scan() {
    stale_ = false;
    found_ = {.lead_out = false, .default_interfaces = {}};
    usable_.clear();
    dump_io_.reset();
    dump_socket_ = open(0);
    if (!dump_socket_) return dump_failed(errno);
    dump_io_ = loop_.on_io(mnl_socket_get_fd(dump_socket_.get()), EPOLLIN, [this](uint32_t) { receive(); });
    request(Dump::Interfaces);
}

void RouteMonitor::request(Dump dump) {
    bool interfaces = dump == Dump::Interfaces;
    Buffer<128> buffer{};
    auto* request = mnl_nlmsg_put_header(buffer.data());
    request->nlmsg_type = interfaces ? RTM_GETLINK : RTM_GETROUTE;
    request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request->nlmsg_seq = ++sequence_;
    mnl_nlmsg_put_extra_header(request, interfaces ? sizeof(ifinfomsg) : sizeof(rtmsg));
    dump_ = dump;
    if (mnl_socket_sendto(dump_socket_.get(), request, request->nlmsg_len) < 0) dump_failed(errno);
}

void RouteMonitor::receive() {
    Buffer<BufferSize> buffer;
    auto each = [](const nlmsghdr* message, void* self) noexcept {
        static_cast<RouteMonitor*>(self)->take(*message);
        return MNL_CB_OK;
    };
    while (dump_ != Dump::None) {
        auto size = mnl_socket_recvfrom(dump_socket_.get(), buffer.data(), buffer.size());
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (size <= 0) return dump_failed(errno);
        auto port = mnl_socket_get_portid(dump_socket_.get());
        int r = mnl_cb_run(buffer.data(), static_cast<size_t>(size), sequence_, port, each, this);
        if (r == MNL_CB_STOP) dump_finished();
        if (r < 0) return dump_failed(errno);
    }
}

void RouteMonitor::take(const nlmsghdr& message) {
    if (message.nlmsg_type == RTM_NEWLINK) {
        const auto& link = *static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(&message));
        if (is_usable(link)) usable_[static_cast<uint32_t>(link.ifi_index)] = name_of_interface(message);
    }
    if (message.nlmsg_type == RTM_NEWROUTE) take_route(message);
}

void RouteMonitor::take_route(const nlmsghdr& message) {
    const auto& route = *static_cast<const rtmsg*>(mnl_nlmsg_get_payload(&message));
    bool is_default = route.rtm_dst_len == 0;
    // A router has very many routes, and one route out is enough.
    if (found_.lead_out && !is_default) return;
    auto attributes = attributes_of(message);
    if (!leads_out(route, attributes)) return;
    for (auto index : interfaces_of(attributes)) {
        auto interface = usable_.find(index);
        if (interface == usable_.end()) continue;
        found_.lead_out = true;
        if (is_default) found_.default_interfaces.insert(interface->second);
    }
}

void RouteMonitor::dump_finished() {
    if (dump_ == Dump::Interfaces) return request(Dump::Routes);
    dump_ = Dump::None;
    if (stale_) scan_after(GatherChanges);
    if (routes_ == found_) return;
    routes_ = found_;
    changed_(*routes_);
}

/// A change can interrupt a dump (EINTR), or the kernel can be short of memory; a later scan will succeed.
void RouteMonitor::dump_failed(int error) {
    dump_ = Dump::None;
    dump_io_.reset();
    bool interrupted = error == EINTR;
    if (!interrupted) log::warning(fmt::format("cannot read the routes: {}", std::strerror(error)));
    scan_after(interrupted ? GatherChanges : PauseAfterFailure);
}

} // namespace haulier::daemon
