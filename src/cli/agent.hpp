// SPDX-License-Identifier: LGPL-2.1-or-later
// Where polkit can ask for a password when there is no desktop to do it: pkttyagent on our terminal, as long
// as this lives.
#pragma once

#include <memory>
#include <sys/types.h>

namespace haulier::cli {

class Agent {
public:
    /// None when nobody sits there (a script, a pipe), for root, who is not asked, and without pkttyagent.
    /// When this returns polkit knows the agent.
    static std::unique_ptr<Agent> start();
    ~Agent();
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;

private:
    explicit Agent(pid_t pid) : pid_(pid) {}
    pid_t pid_;
};

} // namespace haulier::cli
