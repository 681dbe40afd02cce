// SPDX-License-Identifier: LGPL-2.1-or-later
// Another user takes a job (BITS 8.3). Each owner's worker can only touch files of that user, so the former
// owner's worker deletes what it has made, and the new owner's worker begins again. The new owner's worker
// first checks the paths that it would use: the former owner, who chose them, must not be able to direct it
// to other files.
#pragma once

#include "daemon/manager/admission.hpp"
#include "daemon/manager/file_namer.hpp"
#include "daemon/manager/manager_context.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace haulier::daemon {

class OwnershipTransfer {
public:
    /// `on_end`: the job may run again.
    OwnershipTransfer(ManagerContext& context, Admission& admission, std::function<void()> on_end)
        : context_(context), admission_(admission), on_end_(std::move(on_end)), namer_(context) {}

    void take(const job::Id& id, uint32_t uid, const Callback<Done>& reply);

private:
    using Paths = std::vector<CheckItem>;
    void release(const job::Id& id, uint32_t uid, const Paths& paths, const Callback<Done>& done);
    void discard_files(const job::Id& id, const Callback<Done>& done);
    void finish(const job::Id& id, uint32_t uid, const Paths& paths, const Callback<Done>& done);

    ManagerContext& context_;
    Admission& admission_;
    std::function<void()> on_end_;
    FileNamer namer_;
};

} // namespace haulier::daemon
