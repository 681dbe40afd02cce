// SPDX-License-Identifier: LGPL-2.1-or-later
// Is told what has become durable, and passes it on to clients in signals and property changes.
#pragma once

#include "daemon/manager/job_record.hpp"
#include "job/hold.hpp"
#include "job/permit.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace haulier::daemon {

class JobObserver {
public:
    virtual ~JobObserver() = default;
    virtual void added(const JobRecord& record) = 0;
    /// `result`: as job::removal_result. The job stays readable until forgotten().
    virtual void removed(const JobRecord& record, std::string_view result) = 0;
    virtual void forgotten(const job::Id& id) = 0;
    virtual void changed(const job::Job& before, const job::Job& after) = 0;
    /// The files of the job are transferred, or it has failed.
    virtual void transfer_ended(const job::Job& job) = 0;
    /// Its WaitReason has changed with time, and nothing else of it.
    virtual void wait_reason_changed(const JobRecord& record) = 0;
    /// Bytes have come. `resized`: more is known of the sizes of its files.
    virtual void progressed(const JobRecord& record, bool resized) = 0;
    /// The job has begun or ceased to yield to other traffic.
    virtual void yielding_changed(const JobRecord& record) = 0;
    virtual void file_transferred(const JobRecord& record, uint32_t index) = 0;
    virtual void object_changed(const JobRecord& record) = 0;
    virtual void ranges_filled(const JobRecord& record, uint32_t index,
                               const std::vector<job::Range>& ranges) = 0;
    virtual void conditions_changed() = 0;
    /// `before`: the holds until now.
    virtual void holds_changed(const job::Holds& before) = 0;
    virtual void user_bandwidth_changed(uint32_t owner) = 0;
    virtual void machine_bandwidth_changed() = 0;
    /// The permit was granted or revoked, or waits for something else.
    virtual void permit_changed(const job::Permit& permit) = 0;
};

} // namespace haulier::daemon
