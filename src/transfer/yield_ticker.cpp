// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/yield_ticker.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace haulier::transfer {

namespace {

/// Often enough to give way within a round trip or two; less than one per cent of a processor.
constexpr Usec TickInterval = std::chrono::milliseconds{20};
/// After so long without bytes, nothing is looked at until a socket has events.
constexpr Usec SleepAfter = std::chrono::seconds{1};
constexpr double NoSegmentYet = 0;
constexpr Usec ReportInterval = std::chrono::milliseconds{300};

} // namespace

void YieldTicker::begin(int socket, bool sends) {
    auto found = connections_.find(socket);
    if (found == connections_.end()) {
        auto path = path_of(socket);
        if (!path || !path->leaves_machine) return;
        Connection connection{++last_id_, path->remote, {path->interface, sends}};
        found = connections_.emplace(socket, std::move(connection)).first;
    }
    auto& connection = found->second;
    if (std::exchange(connection.link.second, sends) != sends) change_direction(socket, connection);
    ++connection.transfers;
    // A server sends as much as it may before the first tick.
    if (!connection.order && !sends)
        connection.order = yield::Order{connection.id, yield::Controller::first_window(NoSegmentYet)};
    events_.on_window(socket);
    on_activity();
}

/// Other bytes are counted now.
void YieldTicker::change_direction(int socket, Connection& connection) {
    uint64_t ignored = 0;
    count(socket, connection, ignored);
    connection.id = ++last_id_;
    connection.order.reset();
}

void YieldTicker::end(int socket) {
    auto found = connections_.find(socket);
    if (found != connections_.end() && found->second.transfers > 0) --found->second.transfers;
}

void YieldTicker::close(int socket) {
    auto found = connections_.find(socket);
    if (found == connections_.end()) return;
    count(socket, found->second, ended_[found->second.link]);
    connections_.erase(found);
}

bool YieldTicker::is_any_running() const {
    return std::any_of(connections_.begin(), connections_.end(),
                       [](const auto& entry) { return entry.second.transfers > 0; });
}

void YieldTicker::on_activity() {
    if (!timer_ && is_any_running()) timer_ = loop_.after(TickInterval, [this] { tick(); });
}

void YieldTicker::tick() {
    timer_.reset();
    auto counters = counters_.read();
    auto now = clock_.now().boot;
    std::set<Link> links;
    for (const auto& [socket, connection] : connections_)
        if (connection.transfers > 0) links.insert(connection.link);
    std::vector<LinkUse> uses;
    for (const auto& link : links) {
        steer(link, now, counters);
        const auto& controller = controllers_.at(link);
        if (controller.has_moved(SleepAfter)) uses.push_back({link.first, link.second, controller.rate()});
    }
    report(uses, now);
    if (!uses.empty()) on_activity();
}

void YieldTicker::report(const std::vector<LinkUse>& uses, BootTime now) {
    std::set<Link> links;
    for (const auto& use : uses)
        links.emplace(use.interface, use.sends);
    bool is_due = !other_workers_.empty() && now - reported_at_ >= ReportInterval;
    if (std::exchange(reported_, links) == links && !is_due) return;
    reported_at_ = now;
    events_.on_use(uses);
}

std::optional<yield::Sample> YieldTicker::count(int socket, Connection& connection, uint64_t& moved) {
    auto sample = sample_of(socket, connection.link.second);
    if (!sample) return std::nullopt;
    moved += sample->bytes - std::min(sample->bytes, std::exchange(connection.counted, sample->bytes));
    sample->id = connection.id;
    sample->remote = connection.remote;
    return sample;
}

void YieldTicker::steer(const Link& link, BootTime now, const AllInterfaceBytes& counters) {
    yield::Tick tick{.now = now, .connections = {}, .own_bytes = std::exchange(ended_[link], 0)};
    std::vector<int> sockets;
    for (auto& [socket, connection] : connections_) {
        if (connection.link != link) continue;
        auto sample = count(socket, connection, tick.own_bytes);
        if (!sample || connection.transfers == 0) continue;
        tick.connections.push_back(*std::move(sample));
        sockets.push_back(socket);
    }
    if (auto found = counters.find(link.first); found != counters.end())
        tick.interface_bytes = link.second ? found->second.sent : found->second.received;
    if (auto found = other_workers_.find(link); found != other_workers_.end())
        tick.other_workers = found->second;
    auto orders = controllers_[link].tick(tick);
    for (size_t i = 0; i < orders.size(); ++i)
        carry_out(sockets[i], connections_.at(sockets[i]), orders[i], tick.connections[i].round_trip);
}

void YieldTicker::carry_out(int socket, Connection& connection, const yield::Order& order,
                            yield::Seconds round_trip) {
    connection.order = order;
    if (connection.link.second)
        limit_sending(socket, order.window, round_trip);
    else
        events_.on_window(socket);
}

std::optional<uint64_t> YieldTicker::window_of(int socket) const {
    auto found = connections_.find(socket);
    if (found == connections_.end() || found->second.link.second || !found->second.order) return std::nullopt;
    return static_cast<uint64_t>(found->second.order->window);
}

std::optional<double> YieldTicker::sending_window_of(int socket) const {
    auto found = connections_.find(socket);
    if (found == connections_.end() || !found->second.link.second || !found->second.order)
        return std::nullopt;
    return found->second.order->window;
}

bool YieldTicker::is_yielding(int socket) const {
    auto found = connections_.find(socket);
    if (found == connections_.end()) return false;
    auto controller = controllers_.find(found->second.link);
    return controller != controllers_.end() && controller->second.is_yielding();
}

} // namespace haulier::transfer
