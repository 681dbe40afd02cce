// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known of servers (job/hosts.hpp), kept up to date as transfers start, are answered and end.
#pragma once

#include "daemon/manager/manager_context.hpp"
#include "job/decide.hpp"
#include "job/hosts.hpp"
#include "job/outcomes.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <vector>

namespace haulier::daemon {

class HostTracker {
public:
    explicit HostTracker(ManagerContext& context) : context_(context) {}

    [[nodiscard]] const job::Hosts& hosts() const { return hosts_; }
    /// The server of a file, as far as this is known.
    [[nodiscard]] static job::Host host_of(const JobRecord& record, uint32_t index);
    /// Removes those whose servers want no requests at present.
    void drop_resting(const job::Job& job, std::vector<MirrorOptions>& mirrors) const;
    [[nodiscard]] job::RestOf rests_of(const JobRecord& record) const;

    /// `transfer` is one of file `index`.
    void started(JobRecord& record, uint32_t index, ActiveTransfer& transfer);
    void answered(const job::Job& job, ActiveTransfer& transfer, const job::Begun& begun);
    void ended(const ActiveTransfer& transfer);
    /// The transfer has ended. Adds to `failure` what follows for the file.
    void failed(const job::Job& job, const ActiveTransfer& transfer, job::Failure& failure);

    /// Servers that were not to be asked when the daemon exited.
    void restore_rests(const std::vector<store::Rest>& rests);
    /// The network has changed.
    void forget_all();

private:
    void take_rest(const job::Host& host, const job::Failure& failure);

    ManagerContext& context_;
    job::Hosts hosts_;
    bool has_asked_ = false; ///< a server, in this run of the daemon
};

} // namespace haulier::daemon
