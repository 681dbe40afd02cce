// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything that lives as long as the loop, in the order of who needs whom, and tied together.
#pragma once

#include "base/event.hpp"
#include "daemon/bus/connection.hpp"
#include "daemon/bus/logins.hpp"
#include "daemon/bus/messenger.hpp"
#include "daemon/bus/service.hpp"
#include "daemon/bus/systemd.hpp"
#include "daemon/bus/watchers.hpp"
#include "daemon/config.hpp"
#include "daemon/hiring.hpp"
#include "daemon/manager.hpp"
#include "daemon/options.hpp"
#include "daemon/routes.hpp"
#include "daemon/surroundings.hpp"
#include "notify/notifier.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace haulier::daemon {

struct Parts {
    struct Events {
        std::function<void()> stirred;  ///< something happened
        std::function<void()> bus_lost; ///< a connection broke
    };
    Parts(Loop& loop, const Options& options, const Config& config, store::Store store, Events events);

    /// Workers can come, and what the store knows goes on.
    Status begin();
    /// The configuration that was given has changed.
    void reconfigure();
    [[nodiscard]] bool busy() const { return manager.busy() || service.busy(); }

    Loop& loop;
    const Config& config;
    // The connections outlive everything that may still owe an answer.
    bus::ConnectionPtr bus;
    bus::ConnectionPtr voice;
    SystemClock clock;
    std::optional<bus::Systemd> systemd;
    std::unique_ptr<Hiring> hiring;
    Manager manager;
    bus::Service service;
    bus::Messenger messenger;
    notify::Notifier notifier;
    Surroundings surroundings;
    std::optional<Routes> routes;
    std::optional<bus::Watchers> watchers;
    std::optional<bus::Logins> logins;

private:
    std::unique_ptr<Hiring> agency(const Options& options);
    void watch();
    void users_are(const std::set<uint32_t>& users);
    void peer_left(const std::string& name);
};

} // namespace haulier::daemon
