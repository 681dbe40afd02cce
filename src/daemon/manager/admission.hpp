// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides whether there is room for what a user asks for: how many jobs and how much text each owner, and all
// of them together, may have.
#pragma once

#include "daemon/common/config.hpp"
#include "daemon/common/instance.hpp"
#include "daemon/manager/job_table.hpp"
#include "daemon/manager/usage_accounting.hpp"
#include "job/memory_usage.hpp"

#include <cstdint>
#include <functional>

namespace haulier::daemon {

class Admission {
public:
    /// `evict`: drops the ended jobs of an owner, which are kept only to be read.
    Admission(const Config& config, Instance instance, const JobTable& jobs, UsageAccounting& usage,
              std::function<void(uint32_t owner)> evict);

    [[nodiscard]] job::Limits limits_of(uint32_t owner) const;
    /// How many calls of one user may wait for their turn and their answer.
    [[nodiscard]] uint32_t most_calls_of(uint32_t caller) const;

    /// May the owner's jobs grow by `more`? `excluded` is not counted among the jobs of all owners.
    [[nodiscard]] Status check(uint32_t owner, const job::Usage& more, const job::Usage& excluded = {}) const;
    /// As check(), but ended jobs of the owner give way if their text is too much.
    [[nodiscard]] Status make_room(uint32_t owner, const job::Usage& more, const job::Usage& excluded = {});
    /// Makes room for what the decision adds.
    [[nodiscard]] Status admit(const job::Decision& decision);
    /// Makes room for a job that is to be another user's.
    [[nodiscard]] Status admit_owner(const JobRecord& record, uint32_t uid);
    /// What the decision adds to what its job takes up now.
    [[nodiscard]] job::Usage growth_by(const job::Decision& decision) const;
    /// Nothing that servers send is kept then, because it was not asked whether there is room for it.
    [[nodiscard]] bool is_full(uint32_t owner) const;

    /// Text that has been asked for and waits for a worker's answer.
    void reserve(uint32_t owner, uint64_t text) { usage_.reserve(owner, text); }
    void release(uint32_t owner, uint64_t text) { usage_.release(owner, text); }

private:
    [[nodiscard]] bool is_exempt(uint32_t user) const;

    const Config& config_;
    const Instance instance_;
    const JobTable& jobs_;
    UsageAccounting& usage_;
    std::function<void(uint32_t)> evict_;
};

} // namespace haulier::daemon
