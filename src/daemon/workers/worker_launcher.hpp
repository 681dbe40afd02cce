// SPDX-License-Identifier: LGPL-2.1-or-later
// Starts worker processes: as child processes in the session instance, as systemd units in the system
// instance.
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace haulier::daemon {

/// Our end of a worker: its socket, and its name for the log.
struct WorkerConnection {
    Fd socket; ///< SOCK_SEQPACKET, non-blocking; the worker exits when it is closed
    std::string name;
};

class WorkerLauncher {
public:
    virtual ~WorkerLauncher() = default;

    /// Called once, before the first launch().
    virtual Status open() = 0;

    using Launched = std::function<void(Result<WorkerConnection>)>;
    /// Starts a new worker for `owner`. There is at most one for each owner: a former one that still runs is
    /// stopped. Calls back once, in a later turn, unless kill() is called first. The message of an error says
    /// what is missing.
    virtual void launch(uint32_t owner, Launched launched) = 0;
    /// For a worker that does not respond any more.
    virtual void kill(uint32_t owner) = 0;
};

} // namespace haulier::daemon
