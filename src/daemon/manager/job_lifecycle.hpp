// SPDX-License-Identifier: LGPL-2.1-or-later
// The end of a job: finished files get their names, temporary files are deleted, the client is told, and the
// job is removed. Clients can still read it for a while.
#pragma once

#include "daemon/manager/file_namer.hpp"
#include "daemon/manager/manager_context.hpp"
#include "daemon/manager/pending_discards.hpp"

#include <cstdint>

namespace haulier::daemon {

class JobLifecycle {
public:
    JobLifecycle(ManagerContext& context, PendingDiscards& discards)
        : context_(context), discards_(discards), namer_(context) {}

    // ---- effects of decisions ----

    /// Gives every finished file its name, a few at a time; the store learns of each one.
    void publish(const job::Id& id);
    /// Gives finished files their names; the job stays as it is.
    void publish_finished(const job::Id& id);
    /// Deletes temporary files, all or those of what is not transferred, and removes the job.
    void discard(const job::Id& id, bool all);

    /// Deletes the temporary files of these files. If the daemon ends before that, they are deleted at the
    /// end of the job.
    void discard_files(const job::Id& id, const std::vector<uint32_t>& indexes);

    /// Does again what a failed commit has undone.
    void restart(JobRecord& record);
    /// Removes a job without waiting any longer for its client to be told.
    void forget(JobRecord& record);
    /// Something may have been delivered that an ended job waits for.
    void forget_delivered_soon();
    /// Removed jobs of this owner are not readable any more.
    void evict_removed(uint32_t owner);

private:
    void publish_files(const job::Id& id, const Callback<Done>& done);
    void publish_each(const job::Id& id, const std::vector<uint32_t>& indexes, bool win,
                      const Callback<Done>& done);
    void publish_file(const JobRecord& record, uint32_t index, bool wins, const Callback<std::string>& done);
    void file_published(const job::Id& id, uint32_t index, const Result<std::string>& name);
    void publish_ended(const job::Id& id, const Status& status);
    void left_behind(const job::Id& id, uint32_t owner, const DiscardOrder& order, const Error& why);
    void discarded(const job::Id& id);
    void removed(const job::Id& id, const Status& stored);
    void drop(const job::Id& id);

    ManagerContext& context_;
    PendingDiscards& discards_;
    FileNamer namer_;
    std::set<job::Id> awaiting_delivery_;
    std::map<uint32_t, std::set<job::Id>> removed_; ///< by owner; none is empty
    Source forget_delivered_;
};

} // namespace haulier::daemon
