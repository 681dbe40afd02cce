// SPDX-License-Identifier: LGPL-2.1-or-later
#include "yield/base_delays.hpp"

#include <algorithm>
#include <utility>

namespace haulier::yield {

namespace {

/// Longer than most transfers in the foreground, during which there is no queue-free moment to measure.
constexpr Usec BaseMemory = std::chrono::minutes{10};
constexpr Usec BaseStep = std::chrono::seconds{10};
constexpr size_t MostPeers = 1000;

} // namespace

void BaseDelays::note(const std::string& remote, Seconds round_trip, BootTime now) {
    if (peers_.size() >= MostPeers && !peers_.contains(remote)) forget_oldest();
    auto& peer = peers_.try_emplace(remote, Peer{{BaseMemory, BaseStep}, now}).first->second;
    peer.least.note(round_trip, now);
    peer.seen = now;
}

std::optional<Seconds> BaseDelays::of(const std::string& remote) const {
    auto found = peers_.find(remote);
    return found == peers_.end() ? std::nullopt : found->second.least.best();
}

void BaseDelays::drained(const std::string& remote) {
    if (auto found = peers_.find(remote); found != peers_.end()) found->second.is_proved = true;
}

bool BaseDelays::is_proved(const std::string& remote) const {
    auto found = peers_.find(remote);
    return found != peers_.end() && found->second.is_proved;
}

void BaseDelays::forget_oldest() {
    peers_.erase(std::min_element(peers_.begin(), peers_.end(), [](const auto& a, const auto& b) {
        return a.second.seen < b.second.seen;
    }));
}

} // namespace haulier::yield
