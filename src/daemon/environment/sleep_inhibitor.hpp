// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps an idle machine from suspending itself while jobs in the foreground transfer bytes for users who have
// an active session. It does not stop a user who suspends the machine or closes its lid.
#pragma once

#include "base/event.hpp"
#include "base/fd.hpp"
#include "daemon/bus/sdbus/async_call.hpp"

#include <cstdint>
#include <memory>
#include <set>

struct sd_bus;
struct sd_bus_message;
struct sd_login_monitor;

namespace haulier::daemon {

class SleepInhibitor {
public:
    /// Connects to the system bus when that is first needed.
    explicit SleepInhibitor(Loop& loop) : loop_(loop) {}
    ~SleepInhibitor();
    SleepInhibitor(const SleepInhibitor&) = delete;
    SleepInhibitor& operator=(const SleepInhibitor&) = delete;

    void enable(bool on);
    /// The users who have transfers in the foreground now.
    void set_users(std::set<uint32_t> users);

private:
    struct Unref {
        void operator()(sd_login_monitor* monitor) const;
    };
    [[nodiscard]] bool is_wanted() const;
    void watch_sessions();
    void review();
    void take();
    void taken(sd_bus_message* reply);
    void release_later();
    bool connect();
    void disconnect();

    Loop& loop_;
    bool enabled_ = false;
    std::set<uint32_t> users_;
    std::unique_ptr<sd_login_monitor, Unref> monitor_; ///< while it matters who is active
    Source sessions_;
    sd_bus* bus_ = nullptr;
    Source exit_;
    bus::AsyncCall call_;
    Fd lock_; ///< logind's inhibitor; closing it ends it
    Source release_;
};

} // namespace haulier::daemon
