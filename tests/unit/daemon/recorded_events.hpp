// SPDX-License-Identifier: LGPL-2.1-or-later
// Records what the worker pool reports.
#pragma once

#include "daemon/workers/worker_pool.hpp"

#include <vector>

namespace haulier::daemon {

class RecordedEvents final : public WorkerEvents {
public:
    void begun(Ticket, const job::Begun&) override { ++reported; }
    void progress(Ticket, const Progress&) override { ++reported; }
    void checkpointed(Ticket, const job::Report&) override { ++reported; }
    void fetched(Ticket, const job::Fetched&) override { ++reported; }
    void failed(Ticket, const job::Failure& failure) override { failures.push_back(failure); }
    void halted(Ticket ticket) override { halts.push_back(ticket); }
    void on_idle() override { ++rests; }
    int reported = 0;
    std::vector<job::Failure> failures;
    std::vector<Ticket> halts;
    int rests = 0; ///< calls of on_idle()
};

} // namespace haulier::daemon
