// SPDX-License-Identifier: LGPL-2.1-or-later
// The signals of the daemon, and when it appears on the bus or leaves it. On the system bus the daemon sends
// signals only to subscribers, and a daemon that was restarted must be subscribed to again.
#pragma once

#include "cli/failure.hpp"
#include "cli/view.hpp"

#include <functional>
#include <string>

namespace haulier::cli {

struct Signal {
    std::string path;
    std::string member;
    Json arguments;
    [[nodiscard]] std::string id() const; ///< of the job that sent it; empty for signals of the manager
};

class Listener {
public:
    enum class IfAbsent { Start, DoNotStart }; ///< whether the call starts a daemon that is not running
    using Subscribed = std::function<void(const Result<Done, Failure>&)>;

    Listener() = default;
    virtual ~Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// Listens as long as this object lives. `on_owner`: the daemon has appeared (true) or left (false).
    virtual Result<Done, Failure> listen(std::function<void(const Signal&)> on_signal,
                                         std::function<void(bool present)> on_owner) = 0;
    /// Subscribes to signals. `on_reply` is called from Client::run_once; one call at a time.
    virtual Result<Done, Failure> subscribe(IfAbsent if_absent, Subscribed on_reply) = 0;
    /// Whether the daemon that is on the bus now has accepted the subscription.
    [[nodiscard]] virtual bool subscribed() const = 0;
};

} // namespace haulier::cli
