// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks the worker of a job's owner whether the files of a decision can be transferred, before the decision is
// taken: may this URL be fetched, can a file be created in this directory?
#pragma once

#include "daemon/manager/admission.hpp"
#include "daemon/manager/manager_context.hpp"

#include <functional>

namespace haulier::daemon {

/// What is to be checked of a file that a decision adds or changes.
using ItemOf = CheckItem (*)(const job::FileSpec&, const job::Job&);

class WorkerValidation {
public:
    WorkerValidation(ManagerContext& context, Admission& admission)
        : context_(context), admission_(admission) {}

    /// The worker's answer about the files of `trial` and the directory of their reply. It can take long, so
    /// there must be room for what waits for it.
    void check(job::Decision trial, ItemOf item, const Callback<Done>& done);

    using Decide = std::function<Result<job::Decision>()>;
    /// What a decision did to the files of a job.
    struct ChangedFiles {
        uint32_t first = 0;
        uint32_t count = 0;
    };
    /// Decides for a trial, has the worker check the files, and decides again with what is true by then.
    void decide_after_check(const Decide& decide, ItemOf item, const Callback<ChangedFiles>& reply);

private:
    ManagerContext& context_;
    Admission& admission_;
};

} // namespace haulier::daemon
