// SPDX-License-Identifier: LGPL-2.1-or-later
// Gives files their names while their jobs go on. The intention is stored with the files, and the state of
// the work is in the records of the jobs. job_lifecycle.hpp does the same at the end of a job, for Complete.
#pragma once

#include "daemon/manager/manager_context.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace haulier::daemon {

class FileNamer {
public:
    explicit FileNamer(ManagerContext& context) : context_(context) {}

    /// Names files whose intention has been stored, and stores each one that has got its name.
    void name(const job::Id& id, const std::vector<uint32_t>& indexes);
    /// Repeats what was undone by the end of the daemon or by a failed commit.
    void restart(const JobRecord& record);
    /// Calls `done` when it has been stored that the file has its name, or cannot be given it.
    void await(const job::Id& id, uint32_t index, const Callback<Done>& done);
    /// Calls `then` when no file of the job is being given its name, which may be at once.
    void when_quiet(const job::Id& id, const std::function<void()>& then);

private:
    void order(JobRecord& record);
    void give_up(JobRecord& record);
    void answered(const job::Id& id, uint32_t index, const Result<std::string>& name);
    void ended(const job::Id& id, uint32_t index, const Status& status);

    ManagerContext& context_;
};

} // namespace haulier::daemon
