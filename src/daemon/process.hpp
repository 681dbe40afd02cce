// SPDX-License-Identifier: LGPL-2.1-or-later
// The running daemon: how it begins, what signals do to it, and how it leaves.
#pragma once

#include "base/event.hpp"
#include "daemon/common/config.hpp"
#include "daemon/exit_status.hpp"
#include "daemon/idle_timer.hpp"
#include "daemon/options.hpp"
#include "daemon/pending_file.hpp"
#include "store/store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace haulier::daemon {

struct Application;

class Process {
public:
    Process(const Options& options, const Config& config, store::Store store);
    ~Process();

    /// Until idle, told to stop, or without a bus; answers the exit status.
    ExitStatus run();

private:
    enum class Phase { Starting, Serving, Leaving };

    void take_name();
    void take_name_later(const std::string& why);
    void serve();
    void on_activity();
    void reload();
    void stop();
    void leave_when_idle();
    void settle();
    void end(ExitStatus status);
    void lose_bus();
    void say_status();
    void trim_heap();

    Loop loop_;
    Options options_;
    Config config_;
    PendingFile pending_file_;
    Phase phase_ = Phase::Starting;
    IdleTimer idle_;
    unsigned denials_ = 0; ///< of our name, one after the other
    Source name_;
    Source settle_;
    Source patience_;
    Source status_;
    Source trim_;
    std::vector<Source> signals_;
    std::unique_ptr<Application> parts_; ///< goes first: it may touch to the end
};

} // namespace haulier::daemon
