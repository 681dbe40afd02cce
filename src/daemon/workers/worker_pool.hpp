// SPDX-License-Identifier: LGPL-2.1-or-later
// The worker processes: one for each owner of jobs, started when there is work, restarted when it dies, and
// ended when idle. A worker's reports are untrusted: it can only speak of tickets and requests that it was
// given.
#pragma once

#include "base/event.hpp"
#include "daemon/common/config.hpp"
#include "daemon/workers/workers.hpp"
#include "daemon/workers/yield_sharing.hpp"
#include "notify/delivery.hpp"
#include "process/process_facts.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace haulier::daemon {

class WorkerLauncher;
class WorkerLink;

class WorkerPool final : public Workers {
public:
    WorkerPool(Loop& loop, const Config& config, WorkerLauncher& launcher);
    ~WorkerPool() override;

    void listen(WorkerEvents& events) override { events_ = &events; }
    Ticket fetch(uint32_t owner, const FetchOrder& order) override;
    Ticket upload(uint32_t owner, const UploadOrder& order) override;
    void halt(uint32_t owner, Ticket ticket) override;
    void proceed(uint32_t owner, Ticket ticket) override;
    void check(uint32_t owner, std::vector<CheckItem> items, Callback<Done> done) override;
    void publish(uint32_t owner, const PublishOrder& order, Callback<std::string> done) override;
    void check_storage(uint32_t owner, const StorageQuestion& question, Callback<Done> done) override;
    void open(uint32_t owner, const PublishOrder& order, Callback<SharedFd> done) override;
    void discard(uint32_t owner, const DiscardOrder& order, Callback<Done> done) override;
    void abandon(uint32_t owner, const AbandonOrder& order) override;
    void read(uint32_t owner, const job::Place& place, const std::string& name, uint64_t limit,
              Callback<std::string> done) override;
    void limit(uint32_t owner, const BandwidthLimits& limits) override;
    void reconfigured() override;
    [[nodiscard]] bool idle() const override;
    /// Calls a service on the session bus of the delivery's owner. The call must not be lost, so it is made
    /// again if the worker dies, and the service may get it twice.
    void call(const notify::Delivery& delivery, std::chrono::milliseconds timeout,
              std::function<void(const CallResult&)> done);
    /// What the worker of this user sees of a process, or why none has replied within ten seconds.
    void examine(uint32_t owner, uint32_t pid, Callback<process::ProcessFacts> done);

private:
    WorkerLink& link(uint32_t owner);
    void share_later();

    Loop& loop_;
    const Config& config_;
    WorkerLauncher& launcher_;
    WorkerEvents* events_ = nullptr;
    Ticket last_ticket_ = 0;
    YieldSharing sharing_;
    std::map<uint32_t, std::unique_ptr<WorkerLink>> links_;
    Source share_; ///< what workers have reported will be told to the others
};

} // namespace haulier::daemon
