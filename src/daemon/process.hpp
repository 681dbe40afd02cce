// SPDX-License-Identifier: LGPL-2.1-or-later
// The running daemon: everything that lives as long as the loop, in the order of who needs whom.
#pragma once

#include "base/event.hpp"
#include "daemon/config.hpp"
#include "store/store.hpp"

#include <memory>
#include <string>

namespace haulier::daemon {

class Process {
public:
    Process(const Config& config, store::Store store, std::string worker_program);
    ~Process();

    /// Until idle, told to stop, or without a bus; answers the exit status.
    int run();

private:
    struct Parts;
    void end(int status);
    void stop();
    void leave_when_idle();
    void lose_bus();

    Loop loop_;
    Config config_;
    std::unique_ptr<Parts> parts_;
};

} // namespace haulier::daemon
