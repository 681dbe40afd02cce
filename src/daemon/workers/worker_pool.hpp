// SPDX-License-Identifier: LGPL-2.1-or-later
// The workers: one process a job owner, started when there is work, started again when it dies, ended when
// idle. What a worker says is untrusted: it can only speak of tickets and requests that it was given.
#pragma once

#include "base/call_outcome.hpp"
#include "base/event.hpp"
#include "daemon/common/config.hpp"
#include "job/outcomes.hpp"
#include "job/segments.hpp"
#include "job/types.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace haulier::daemon {

class WorkerLauncher;
class WorkerLink;

/// Names one fetch or upload of one file; never used again in the life of the daemon.
using Ticket = uint64_t;

/// How requests are made.
struct RequestOptions {
    job::Http http;                ///< its credentials are those for this server alone
    uint64_t bytes_per_second = 0; ///< 0 = no limit
};

struct FetchOrder {
    job::Id job;
    uint32_t index = 0;
    job::File file;
    std::vector<job::Segment> segments;
    uint64_t offset = 0; ///< durable bytes of the stream of segments
    RequestOptions options;
    bool sparse = false;                    ///< the file keeps the remote layout, and what is in it
    bool from_zero = false;                 ///< no ranges, nothing is gone on with
    bool no_checkpoints = false;            ///< durable at the end only
    uint64_t size_limit = job::UnknownSize; ///< of the stream
};

struct UploadOrder {
    job::File file;
    RequestOptions options;
    std::string reply_file; ///< empty = the reply is not wanted
    std::string reply_temporary;
};

struct PublishOrder {
    job::Id job;
    uint32_t index = 0;
    job::File file;
};

/// A tus upload that the server shall forget.
struct AbandonOrder {
    std::string upload_url;
    RequestOptions options;
};

/// What is said to a service on the owner's session bus.
struct ServiceCall {
    std::string name; ///< well-known, and nothing else
    std::string path;
    job::Id job;
    std::string job_path; ///< on our bus
    job::NotificationKind kind = job::NotificationKind::Transferred;
    job::JobError error; ///< of kind Error
    struct File {
        uint32_t index = 0;
        std::string remote;
        std::string temporary;
    };
    File file; ///< of kind FileTransferred
    std::chrono::milliseconds timeout{};
};

/// What is to be checked of one file; an empty `url` or `directory` is not.
struct CheckItem {
    std::string url;
    std::vector<std::string> mirrors;
    std::string directory;
    std::string name;
    bool upload = false;  ///< the file must be there and readable
    bool foreign = false; ///< another user than the worker's chose the place
    bool operator==(const CheckItem&) const = default;
};
CheckItem check_of(const job::FileSpec& spec, job::Type type);

struct Progress {
    uint64_t moved = 0; ///< bytes received or sent
    struct Reply {
        uint64_t total = job::UnknownSize;
        uint64_t received = 0;
    };
    std::optional<Reply> reply; ///< of an upload, once it begins
};

/// What a worker reports of a ticket. The last three before on_idle() end it.
class WorkerEvents {
public:
    virtual ~WorkerEvents() = default;
    virtual void begun(Ticket ticket, const job::Begun& begun) = 0;
    virtual void progress(Ticket ticket, const Progress& progress) = 0;
    virtual void checkpointed(Ticket ticket, const job::Report& report) = 0;
    virtual void fetched(Ticket ticket, const job::Fetched& fetched) = 0;
    virtual void failed(Ticket ticket, const job::Failure& failure) = 0;
    /// Halted as asked, or cut short because the worker is gone.
    virtual void halted(Ticket ticket) = 0;
    /// All that one worker was asked is answered.
    virtual void on_idle() = 0;
};

class WorkerPool {
public:
    WorkerPool(Loop& loop, const Config& config, WorkerLauncher& launcher, WorkerEvents& listener);
    ~WorkerPool();

    Ticket fetch(uint32_t owner, const FetchOrder& order);
    Ticket upload(uint32_t owner, const UploadOrder& order);
    void halt(uint32_t owner, Ticket ticket);
    /// The restart that `begun` spoke of is durable; bytes may be written.
    void proceed(uint32_t owner, Ticket ticket);
    /// May these be transferred? The message names the first that may not.
    void check(uint32_t owner, std::vector<CheckItem> items, Callback<Done> answer);
    void publish(uint32_t owner, const PublishOrder& order, Callback<Done> answer);
    void discard(uint32_t owner, const std::string& directory, const std::string& temporary,
                 Callback<Done> answer);
    /// One try; it does not matter what becomes of it.
    void abandon(uint32_t owner, const AbandonOrder& order);
    /// As it must not be lost, it may come twice.
    void call(uint32_t owner, const ServiceCall& call, std::function<void(CallOutcome)> answer);
    /// A whole file of at most `limit` bytes; TooLarge otherwise.
    void read(uint32_t owner, const std::string& directory, const std::string& name, uint64_t limit,
              std::function<void(const Result<std::string>&)> answer);

    /// The configuration has changed; workers learn what is for them.
    void reconfigured();
    /// Nothing was asked that is not answered.
    [[nodiscard]] bool idle() const;

private:
    WorkerLink& link(uint32_t owner);

    Loop& loop_;
    const Config& config_;
    WorkerLauncher& launcher_;
    WorkerEvents& listener_;
    Ticket last_ticket_ = 0;
    std::map<uint32_t, std::unique_ptr<WorkerLink>> links_;
};

} // namespace haulier::daemon
