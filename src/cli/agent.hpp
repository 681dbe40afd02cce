// SPDX-License-Identifier: LGPL-2.1-or-later
// pkttyagent, which lets polkit ask for a password on the terminal of the command if there is no desktop to
// do it. It runs as long as this object lives.
#pragma once

#include <memory>
#include <sys/types.h>

namespace haulier::cli {

class Agent {
public:
    /// Null without a terminal (in scripts and pipes), and for root, who is never asked. If pkttyagent is
    /// installed, it is registered with polkit when this returns.
    static std::unique_ptr<Agent> start();
    ~Agent();
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;

private:
    explicit Agent(pid_t pid) : pid_(pid) {}
    pid_t pid_;
};

} // namespace haulier::cli
