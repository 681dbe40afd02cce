// SPDX-License-Identifier: LGPL-2.1-or-later
// The life of the daemon process: start, signals, idle exit.
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

    /// Runs until the daemon is idle, is told to stop, or loses the bus. Returns the exit status.
    ExitStatus run();

private:
    enum class Phase { Starting, Serving, Exiting };

    void acquire_name();
    void retry_acquire_name(const std::string& reason);
    void serve();
    void on_activity();
    void reload();
    void stop();
    void exit_when_idle();
    void try_exit();
    void exit(ExitStatus status);
    void bus_lost();
    void store_broken();
    void notify_status();
    void trim_heap();

    Loop loop_;
    Options options_;
    Config config_;
    PendingFile pending_file_;
    Phase phase_ = Phase::Starting;
    IdleTimer idle_;
    unsigned name_failures_ = 0; ///< in a row
    Source retry_name_;
    Source try_exit_;
    Source exit_deadline_;
    Source status_;
    Source trim_;
    std::vector<Source> signals_;
    std::unique_ptr<Application> application_; ///< destroyed first: it uses the other members until then
};

} // namespace haulier::daemon
