// SPDX-License-Identifier: LGPL-2.1-or-later
// Who gets the signals. On the system bus a signal goes to each subscriber who may see the job, because a
// broadcast would reach all users; on a session bus it is broadcast. Signals with names and paths of jobs go
// to those who have asked for them, on both: a broadcast on a session bus reaches apps in sandboxes, too.
#pragma once

#include "daemon/bus/access/access.hpp"
#include "daemon/common/instance.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace haulier::bus {

/// To whom a job belongs.
struct Audience {
    uint32_t owner = 0;
    std::string app; ///< a confined app; empty: programs outside sandboxes
};

struct Listener {
    std::string name; ///< unique name of the connection; empty: a broadcast
    uint32_t uid = UINT32_MAX;
    bool sees_all = false;
    bool keeps_daemon = false; ///< while it is subscribed, the daemon does not exit by itself
    bool with_progress = true; ///< gets PropertiesChanged about bytes that arrive
    bool with_facts = false;   ///< gets JobAppeared and JobEnded
    bool with_objects = false; ///< gets InterfacesAdded and InterfacesRemoved
    std::string app{};         ///< a confined app, which sees only its own jobs

    [[nodiscard]] bool may_see(const Audience& job) const {
        return (sees_all || uid == job.owner) && is_meant(job);
    }
    /// Whether the listener may see the jobs of this app.
    [[nodiscard]] bool is_meant(const Audience& job) const { return app.empty() || app == job.app; }
    [[nodiscard]] Whose whose() const { return {sees_all ? std::nullopt : std::optional{uid}, app}; }
    bool operator==(const Listener&) const = default;
};

class Subscribers {
public:
    explicit Subscribers(daemon::Instance instance) : instance_(instance) {}

    /// Replaces an earlier subscription of the connection, except that to objects.
    void add(const Listener& listener);
    /// Adds objects to the subscription of the connection, which this makes if there is none.
    void add_for_objects(const Listener& listener);
    /// The subscriber is an administrator. Does nothing if the connection has unsubscribed.
    void let_see_all(const std::string& name);
    void remove(const std::string& name);

    [[nodiscard]] bool keep_daemon() const;
    [[nodiscard]] bool contains(const std::string& name) const { return subscribed_.contains(name); }
    [[nodiscard]] std::vector<Listener> all() const;
    [[nodiscard]] std::vector<Listener> of_job(const Audience& job) const;
    /// Same as of_job, but only the listeners that get the facts.
    [[nodiscard]] std::vector<Listener> with_facts_of(const Audience& job) const;
    /// Those who get the objects of their own jobs, and are this user.
    [[nodiscard]] std::vector<Listener> with_objects_of(const Audience& job) const;

private:
    template <class Wants>
    [[nodiscard]] std::vector<Listener> who(Wants wants) const;

    daemon::Instance instance_;
    std::map<std::string, Listener> subscribed_;
};

} // namespace haulier::bus
