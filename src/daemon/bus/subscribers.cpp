// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/subscribers.hpp"

namespace haulier::bus {

void Subscribers::add(const Listener& listener) {
    subscribed_[listener.name] = listener;
}

void Subscribers::let_see_all(const std::string& name) {
    if (auto found = subscribed_.find(name); found != subscribed_.end()) found->second.sees_all = true;
}

void Subscribers::remove(const std::string& name) {
    subscribed_.erase(name);
}

std::vector<Listener> Subscribers::all() const {
    if (instance_ == daemon::Instance::Session) return {Listener{"", UINT32_MAX, true}};
    std::vector<Listener> listeners;
    for (const auto& [name, listener] : subscribed_)
        listeners.push_back(listener);
    return listeners;
}

std::vector<Listener> Subscribers::of_jobs_of(uint32_t owner) const {
    auto listeners = all();
    std::erase_if(listeners, [&](const Listener& l) { return !l.may_see_jobs_of(owner); });
    return listeners;
}

} // namespace haulier::bus
