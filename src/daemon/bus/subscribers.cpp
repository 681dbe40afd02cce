// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/subscribers.hpp"

#include <algorithm>

namespace haulier::bus {

void Subscribers::add(const Listener& listener) {
    auto& kept = subscribed_[listener.name];
    bool with_objects = kept.with_objects;
    kept = listener;
    kept.with_objects = with_objects;
}

void Subscribers::add_for_objects(const Listener& listener) {
    subscribed_.try_emplace(listener.name, listener).first->second.with_objects = true;
}

void Subscribers::let_see_all(const std::string& name) {
    if (auto found = subscribed_.find(name); found != subscribed_.end()) found->second.sees_all = true;
}

void Subscribers::remove(const std::string& name) {
    subscribed_.erase(name);
}

bool Subscribers::keep_daemon() const {
    return std::any_of(subscribed_.begin(), subscribed_.end(),
                       [](const auto& entry) { return entry.second.keeps_daemon; });
}

template <class Wants>
std::vector<Listener> Subscribers::who(Wants wants) const {
    std::vector<Listener> listeners;
    for (const auto& [name, listener] : subscribed_)
        if (wants(listener)) listeners.push_back(listener);
    return listeners;
}

std::vector<Listener> Subscribers::all() const {
    if (instance_ == daemon::Instance::Session) return {Listener{.sees_all = true}};
    return who([](const Listener&) { return true; });
}

std::vector<Listener> Subscribers::of_job(const Audience& job) const {
    auto listeners = all();
    std::erase_if(listeners, [&](const Listener& l) { return !l.may_see(job); });
    return listeners;
}

/// On a session bus, all jobs belong to its user.
std::vector<Listener> Subscribers::with_facts_of(const Audience& job) const {
    bool session = instance_ == daemon::Instance::Session;
    return who(
        [&](const Listener& l) { return l.with_facts && (session ? l.is_meant(job) : l.may_see(job)); });
}

std::vector<Listener> Subscribers::with_objects_of(const Audience& job) const {
    bool session = instance_ == daemon::Instance::Session;
    return who([&](const Listener& l) {
        return l.with_objects && (session || l.uid == job.owner) && l.is_meant(job);
    });
}

} // namespace haulier::bus
