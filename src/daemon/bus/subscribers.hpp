// SPDX-License-Identifier: LGPL-2.1-or-later
// Who gets the signals. On the system bus a signal goes to each subscriber who may see the job, because a
// broadcast would reach all users; on a session bus it is broadcast.
#pragma once

#include "daemon/common/instance.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace haulier::bus {

struct Listener {
    std::string name; ///< unique name of the connection; empty: a broadcast
    uint32_t uid = UINT32_MAX;
    bool sees_all = false;

    [[nodiscard]] bool may_see_jobs_of(uint32_t owner) const { return sees_all || uid == owner; }
    bool operator==(const Listener&) const = default;
};

class Subscribers {
public:
    explicit Subscribers(daemon::Instance instance) : instance_(instance) {}

    /// Replaces an earlier subscription of the connection.
    void add(const Listener& listener);
    /// The subscriber is an administrator. Does nothing if the connection has unsubscribed.
    void let_see_all(const std::string& name);
    void remove(const std::string& name);

    /// Whether no client has subscribed.
    [[nodiscard]] bool empty() const { return subscribed_.empty(); }
    [[nodiscard]] bool contains(const std::string& name) const { return subscribed_.contains(name); }
    [[nodiscard]] std::vector<Listener> all() const;
    [[nodiscard]] std::vector<Listener> of_jobs_of(uint32_t owner) const;

private:
    daemon::Instance instance_;
    std::map<std::string, Listener> subscribed_;
};

} // namespace haulier::bus
