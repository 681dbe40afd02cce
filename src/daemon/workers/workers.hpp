// SPDX-License-Identifier: LGPL-2.1-or-later
// The workers as the manager sees them: one process for each owner of jobs, which is given orders and reports
// events. WorkerPool is the real one; tests of the manager have their own.
#pragma once

#include "base/foreign_fd.hpp"
#include "base/result.hpp"
#include "daemon/workers/orders.hpp"

#include <string>
#include <vector>

namespace haulier::daemon {

/// What a worker reports about a ticket. fetched(), failed() and halted() end it.
class WorkerEvents {
public:
    virtual ~WorkerEvents() = default;
    virtual void begun(Ticket ticket, const job::Begun& begun) = 0;
    virtual void progress(Ticket ticket, const Progress& progress) = 0;
    virtual void checkpointed(Ticket ticket, const job::Report& report) = 0;
    virtual void fetched(Ticket ticket, const job::Fetched& fetched) = 0;
    virtual void failed(Ticket ticket, const job::Failure& failure) = 0;
    /// Halted as ordered, or because the worker is gone.
    virtual void halted(Ticket ticket) = 0;
    /// One worker has nothing left to do or to answer.
    virtual void on_idle() = 0;
};

class Workers {
public:
    virtual ~Workers() = default;
    /// Called once, before everything else.
    virtual void listen(WorkerEvents& events) = 0;

    virtual Ticket fetch(uint32_t owner, const FetchOrder& order) = 0;
    virtual Ticket upload(uint32_t owner, const UploadOrder& order) = 0;
    virtual void halt(uint32_t owner, Ticket ticket) = 0;
    /// The restart that `begun` reported is durable; the worker may write bytes.
    virtual void proceed(uint32_t owner, Ticket ticket) = 0;
    /// May these be transferred? The error is about the first that may not.
    virtual void check(uint32_t owner, std::vector<CheckItem> items, Callback<Done> done) = 0;
    /// Gives the name of the file if it had to be another one, and otherwise nothing or the same one.
    virtual void publish(uint32_t owner, const PublishOrder& order, Callback<std::string> done) = 0;
    /// Opens the file that the order publishes, or has published, for reading.
    virtual void open(uint32_t owner, const PublishOrder& order, Callback<SharedFd> done) = 0;
    /// Success: the file is deleted, durably.
    virtual void discard(uint32_t owner, const DiscardOrder& order, Callback<Done> done) = 0;
    virtual void check_storage(uint32_t owner, const StorageQuestion& question, Callback<Done> done) = 0;
    /// Tried once; the result does not matter.
    virtual void abandon(uint32_t owner, const AbandonOrder& order) = 0;
    /// A whole file of at most `limit` bytes; TooLarge otherwise.
    virtual void read(uint32_t owner, const job::Place& place, const std::string& name, uint64_t limit,
                      Callback<std::string> done) = 0;

    /// May be called before the orders to which these limits apply, or during them.
    virtual void limit(uint32_t owner, const BandwidthLimits& limits) = 0;
    /// The configuration has changed; workers are told what concerns them.
    virtual void reconfigured() = 0;
    /// Every order is carried out and every request answered.
    [[nodiscard]] virtual bool idle() const = 0;
};

} // namespace haulier::daemon
