// SPDX-License-Identifier: LGPL-2.1-or-later
// The active transfers: starts files of running jobs, and turns what workers report into decisions.
#pragma once

#include "daemon/manager/admission.hpp"
#include "daemon/manager/file_chooser.hpp"
#include "daemon/manager/host_tracker.hpp"
#include "daemon/manager/manager_context.hpp"
#include "job/retry.hpp"

#include <cstdint>
#include <functional>
#include <unordered_map>

namespace haulier::daemon {

/// Could a queued job start a file?
enum class StartProspect {
    Good,
    Later,      ///< not before a date
    ServerFull, ///< not before other requests to the servers of its files have ended
};

class TransferRunner final : public WorkerEvents {
public:
    /// `on_end`: a transfer has ended, and there is room for another.
    TransferRunner(ManagerContext& context, const Admission& admission, job::Random& random,
                   std::function<void()> on_end);

    /// Starts as many files of a running job as may be in transfer. If there is none, the job waits.
    void fill(JobRecord& record);
    /// Would a queued job have something to start? If not before a date, it does not stay in the queue.
    StartProspect prospects_of(const JobRecord& record);
    /// Halts all transfers of a job.
    void stop(JobRecord& record);
    [[nodiscard]] bool is_idle() const { return keys_.empty(); }

    [[nodiscard]] HostTracker& hosts() { return hosts_; }

    void begun(Ticket ticket, const job::Begun& begun) override;
    void progress(Ticket ticket, const Progress& progress) override;
    void checkpointed(Ticket ticket, const job::Report& report) override;
    void fetched(Ticket ticket, const job::Fetched& fetched) override;
    void failed(Ticket ticket, const job::Failure& failure) override;
    void halted(Ticket ticket) override;
    void on_idle() override { context_.on_activity(); }

private:
    struct Key {
        job::Id job;
        uint32_t index = 0;
    };
    struct Found {
        JobRecord* record = nullptr; ///< nothing: the transfer is not known (any more)
        uint32_t index = 0;
        explicit operator bool() const { return record != nullptr; }
        [[nodiscard]] ActiveTransfer& transfer() const { return record->transfers.at(index); }
        [[nodiscard]] const job::Job& job() const { return record->working(); }
        [[nodiscard]] const job::File& file() const { return record->working_files()[index]; }
    };
    struct Ended : Found {
        ActiveTransfer last; ///< as it was
    };
    void halt_unwanted(JobRecord& record);
    void rest(JobRecord& record, const Prospect& prospect, Now now);
    void launch(JobRecord& record, uint32_t index);
    [[nodiscard]] Found find(Ticket ticket);
    Ended take(Ticket ticket);
    void keep_size(const Found& found);
    bool keep_size(const Found& found, uint64_t bytes);
    void note_answer(const Found& found, const job::Begun& begun);
    bool begins_with(const Found& found, const job::Fetched& fetched);
    [[nodiscard]] static bool has_advanced(const Found& found, uint64_t moved);
    void note_moved(JobRecord& record, ActiveTransfer& transfer, uint64_t moved);
    void store_shown(const ActiveTransfer& ended);

    ManagerContext& context_;
    const Admission& admission_;
    job::Random& random_;
    std::function<void()> on_end_;
    std::unordered_map<Ticket, Key> keys_;
    HostTracker hosts_;
    FileChooser chooser_;
};

} // namespace haulier::daemon
