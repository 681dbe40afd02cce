// SPDX-License-Identifier: LGPL-2.1-or-later
// Who hears the signals. On the system bus each goes to those who subscribed and may see the job, one by one,
// for a broadcast would tell everybody; on a session bus there is one listener, and that is the bus.
#pragma once

#include "daemon/common/instance.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace haulier::bus {

struct Listener {
    std::string name; ///< unique name of the connection; empty: everybody on the bus
    uint32_t uid = UINT32_MAX;
    bool sees_all = false;

    [[nodiscard]] bool may_see_jobs_of(uint32_t owner) const { return sees_all || uid == owner; }
    bool operator==(const Listener&) const = default;
};

class Subscribers {
public:
    explicit Subscribers(daemon::Instance instance) : instance_(instance) {}

    /// In the place of what was known of the connection.
    void add(const Listener& listener);
    /// A subscriber is an administrator; nothing happens if it is none any more.
    void let_see_all(const std::string& name);
    void remove(const std::string& name);

    /// Nobody would miss a signal.
    [[nodiscard]] bool empty() const { return subscribed_.empty(); }
    [[nodiscard]] std::vector<Listener> all() const;
    [[nodiscard]] std::vector<Listener> of_jobs_of(uint32_t owner) const;

private:
    daemon::Instance instance_;
    std::map<std::string, Listener> subscribed_;
};

} // namespace haulier::bus
