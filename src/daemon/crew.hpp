// SPDX-License-Identifier: LGPL-2.1-or-later
// The workers: one process a job owner, started when there is work, started again when it dies, ended when
// idle. What a worker says is untrusted: it can only speak of tickets and requests that it was given.
#pragma once

#include "base/event.hpp"
#include "daemon/config.hpp"
#include "job/decide.hpp"
#include "job/types.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace haulier::daemon {

class WorkerLink;

/// Names one fetch of one file; never used again in the life of the daemon.
using Ticket = uint64_t;

struct FetchOrder {
    job::Id job;
    uint32_t index = 0;
    job::File file;
};

struct PublishOrder {
    job::Id job;
    uint32_t index = 0;
    job::File file;
};

/// What a worker reports of a ticket. The last five words end it, except begun, progress and checkpointed.
class CrewListener {
public:
    virtual ~CrewListener() = default;
    virtual void begun(Ticket ticket, uint64_t offset, bool restarted, const job::Validators& validators,
                       uint64_t total) = 0;
    virtual void progress(Ticket ticket, uint64_t received) = 0;
    virtual void checkpointed(Ticket ticket, uint64_t offset, const job::Validators& validators,
                              uint64_t total) = 0;
    virtual void fetched(Ticket ticket, uint64_t size, const job::Validators& validators,
                         job::Inode inode) = 0;
    virtual void failed(Ticket ticket, const job::Failure& failure) = 0;
    /// Halted as asked, or cut short because the worker is gone.
    virtual void halted(Ticket ticket) = 0;
};

class Crew {
public:
    Crew(Loop& loop, const Config& config, std::string worker_program, CrewListener& listener);
    ~Crew();

    using Answer = std::function<void(const Status&)>;

    Ticket fetch(uint32_t owner, const FetchOrder& order);
    void halt(uint32_t owner, Ticket ticket);
    /// The restart that `begun` spoke of is durable; bytes may be written.
    void proceed(uint32_t owner, Ticket ticket);
    /// May these be fetched to there? The sentence names the first that may not.
    void check(uint32_t owner, const std::vector<job::FileSpec>& specs, Answer answer);
    void publish(uint32_t owner, const PublishOrder& order, Answer answer);
    void discard(uint32_t owner, const std::string& directory, const std::string& temporary, Answer answer);

    /// Nothing was asked that is not answered.
    [[nodiscard]] bool idle() const;

private:
    WorkerLink& link(uint32_t owner);

    Loop& loop_;
    const Config& config_;
    std::string program_;
    CrewListener& listener_;
    Ticket last_ticket_ = 0;
    std::map<uint32_t, std::unique_ptr<WorkerLink>> links_;
};

} // namespace haulier::daemon
