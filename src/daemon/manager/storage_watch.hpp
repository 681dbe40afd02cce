// SPDX-License-Identifier: LGPL-2.1-or-later
// Files whose disk is full, read-only or not mounted wait without a date. Their worker is asked from time to
// time whether it could write again.
#pragma once

#include "daemon/manager/manager_context.hpp"

#include <cstdint>
#include <vector>

namespace haulier::daemon {

class StorageWatch {
public:
    explicit StorageWatch(ManagerContext& context) : context_(context) {}

    /// After each change of the durable values.
    void watch(JobRecord& record);

private:
    /// Files in the same directory.
    struct Group {
        StorageQuestion question;
        std::vector<uint32_t> files;
    };
    static std::vector<Group> groups_of(const JobRecord& record);
    void check(const job::Id& id);
    void checked(const job::Id& id, const std::vector<uint32_t>& files, const Status& status);

    ManagerContext& context_;
};

} // namespace haulier::daemon
