// SPDX-License-Identifier: LGPL-2.1-or-later
// What the parts of the manager share.
#pragma once

#include "base/clock.hpp"
#include "base/event.hpp"
#include "daemon/common/config.hpp"
#include "daemon/manager/announcer.hpp"
#include "daemon/manager/commit_queue.hpp"
#include "daemon/manager/job_table.hpp"
#include "daemon/manager/pending_requests.hpp"
#include "daemon/workers/workers.hpp"

#include <functional>

namespace haulier::daemon {

class Bandwidth;

struct ManagerContext {
    Loop& loop;
    const Clock& clock;
    const Config& config;
    Workers& workers;
    JobTable& jobs;
    CommitQueue& commits;
    Announcer& announcer;
    PendingRequests& requests;
    Bandwidth& bandwidth;
    std::function<void()> on_activity; ///< something happened that may have left the manager idle, or busy
};

} // namespace haulier::daemon
