// SPDX-License-Identifier: LGPL-2.1-or-later
// Listens to the daemon of one bus. It neither starts the daemon nor keeps it running: all calls are made
// while it is there, without starting it, and the subscription does not keep it alive.
#pragma once

#include "base/event.hpp"
#include "desktop/bus_link.hpp"
#include "desktop/job.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace haulier::desktop {

class DaemonWatch {
public:
    struct Events {
        std::function<void(const std::string& id, const Job&, bool is_new)> job;
        std::function<void(const std::string& id, const Properties&)> changed;
        std::function<void(const std::string& id, const std::string& result, const Properties& facts)> ended;
        std::function<void(const std::string& id)> taken;
        /// There are no other jobs.
        std::function<void(const std::set<std::string>& ids)> listed;
        std::function<void(bool present)> present;
    };
    DaemonWatch(Loop& loop, BusLink& bus, Events events);

    /// Reports that the bus can no longer say when the daemon leaves it.
    void bus_lost() { on_owner(""); }

    /// Whether it is to say how far the jobs are; on a session bus it always does.
    void want_progress(bool wanted);

    // What a person has asked for may start the daemon.
    void call_job(const std::string& id, const std::string& method);
    void set_property(const std::string& id, const std::string& name, const std::string& value);

private:
    void on_owner(const std::string& owner);
    void begin();
    void begin_later();
    void on_signal(sd_bus_message* signal);
    void on_changed(sd_bus_message* signal);
    void on_appeared(sd_bus_message* signal);
    void on_ended(sd_bus_message* signal);
    void on_removed(sd_bus_message* signal);
    void on_signals_lost(sd_bus_message* signal);
    void subscribe();
    void list(uint32_t offset, std::set<std::string> ids);
    void on_list(sd_bus_message* reply, uint32_t offset, std::set<std::string> ids);
    void read_all(const std::string& id);
    [[nodiscard]] bool is_current(uint64_t round) const { return round == round_ && !owner_.empty(); }

    Loop& loop_;
    BusLink& bus_;
    Events events_;
    std::string owner_;
    uint64_t round_ = 0; ///< counts the daemons and the lists
    bool wants_progress_ = false;
    /// While a list is read: the jobs that appeared since it was requested, and how many were removed since
    /// its last page.
    std::optional<std::set<std::string>> appeared_;
    uint32_t removed_ = 0;
    Usec retry_delay_{};
    Source retry_;
};

} // namespace haulier::desktop
