// SPDX-License-Identifier: LGPL-2.1-or-later
// Launches the workers of the session instance: child processes with our own rights and one end of a socket
// pair.
#pragma once

#include "base/event.hpp"
#include "daemon/workers/worker_launcher.hpp"

#include <map>
#include <string>
#include <sys/types.h>

namespace haulier::daemon {

class ChildProcessLauncher final : public WorkerLauncher {
public:
    ChildProcessLauncher(Loop& loop, std::string program) : loop_(loop), program_(std::move(program)) {}

    Status open() override { return Done{}; }
    void launch(uint32_t owner, Launched launched) override;
    void kill(uint32_t owner) override;

private:
    void start(uint32_t owner);
    void reap(pid_t pid);

    Loop& loop_;
    std::string program_;
    struct Launch {
        Launched launched;
        Source due;
    };
    std::map<uint32_t, Launch> launches_; ///< start in the next turn of the loop
    std::map<uint32_t, pid_t> newest_;    ///< the child that was started last for an owner
    std::map<pid_t, Source> children_;    ///< to be reaped
};

} // namespace haulier::daemon
