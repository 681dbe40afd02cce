// SPDX-License-Identifier: LGPL-2.1-or-later
// Where workers come from: of the session instance they are children, of the system instance units of
// systemd.
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace haulier::daemon {

/// A worker at our end: how to speak with it, and what to call it in the log.
struct WorkerConnection {
    Fd socket; ///< SOCK_SEQPACKET, non-blocking; the worker leaves when it is closed
    std::string name;
};

class WorkerLauncher {
public:
    virtual ~WorkerLauncher() = default;

    /// Workers can be had from now on.
    virtual Status open() = 0;

    using Launched = std::function<void(Result<WorkerConnection>)>;
    /// A new worker of `owner`, who has at most one at a time: a former one that has not left yet is made to.
    /// Answers once, in a later turn, unless kill() comes first. The message of an error says what is
    /// missing.
    virtual void launch(uint32_t owner, Launched launched) = 0;
    /// By force, because it does not listen any more.
    virtual void kill(uint32_t owner) = 0;
};

} // namespace haulier::daemon
