// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon's end of one worker: its socket, and what was sent to it and is not finished or answered yet.
#pragma once

#include "base/call_outcome.hpp"
#include "base/event.hpp"
#include "daemon/common/config.hpp"
#include "daemon/workers/worker_launcher.hpp"
#include "daemon/workers/workers.hpp"
#include "daemon/workers/yield_sharing.hpp"
#include "process/process_facts.hpp"
#include "wire/packet_socket.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace haulier::wire {
class Begun;
class Checkpoint;
class Failed;
class Fetched;
class FromWorker;
class Group;
class Halted;
class Progress;
class Ready;
class Reply;
class ToWorker;
class Yielding;
} // namespace haulier::wire

namespace haulier::daemon {

/// What a wire::Reply has besides its status.
struct WorkerReply {
    uint32_t item = 0; ///< the first bad one
    std::string data;
    uint64_t size = 0;
    CallOutcome outcome = CallOutcome::Unanswered;
    std::string name; ///< of a file
    process::ProcessFacts facts;
    SharedFd descriptor{};
};

class WorkerLink {
public:
    /// `on_yielding` gets the links that the worker uses in the background; none when the worker has exited.
    WorkerLink(Loop& loop, const Config& config, WorkerLauncher& launcher, uint32_t owner,
               WorkerEvents& events, std::function<void(LinkRates)> on_yielding);
    ~WorkerLink();

    /// `packet`: an encoded Fetch or Upload with that ticket.
    void start(Ticket ticket, std::string packet);
    void halt(Ticket ticket);
    void proceed(Ticket ticket);
    /// `packet` is an encoded ToWorker with the number that next_request() gave. It is sent again to the next
    /// worker if this one dies, so it must do no harm twice.
    using OnReply = std::function<void(const Status&, const WorkerReply&)>;
    void request(uint64_t number, std::string packet, OnReply on_reply);
    /// For requests that wait for a server or a client: no time limit while the worker lives.
    void request_without_timeout(uint64_t number, std::string packet, OnReply on_reply);
    /// The reply comes with a descriptor. Fails if too many descriptors of this worker are still open.
    void request_descriptor(uint64_t number, std::string packet, OnReply on_reply);
    /// As the configuration is now; only a worker that is ready is told.
    void send_settings();
    /// Sets the limits of this worker and of its successors.
    void limit(const BandwidthLimits& limits);
    /// Tells the present worker about the others if anything about them has changed.
    void share(const LinkShares& shares);
    uint64_t next_request() { return ++last_request_; }
    [[nodiscard]] bool idle() const { return tickets_.empty() && requests_.empty(); }

private:
    struct Request {
        std::string packet;
        OnReply on_reply;
        bool prompt = true;                ///< should be answered soon
        ForeignFd::Token descriptors = {}; ///< if it is answered with a descriptor
        uint32_t failures = 0;
        uint32_t timeouts = 0;
    };
    using Requests = std::map<uint64_t, Request>;

    void add(uint64_t number, Request request);
    void send(const wire::ToWorker& message);
    void send(std::string packet);
    void send_outgoing();

    // The process
    void need_worker();
    void launch();
    void launched(Result<WorkerConnection> worker);
    void launch_failed(const std::string& why);
    void schedule_respawn();
    void lost(const std::string& why);
    void lost();
    void schedule_timeout();
    void wait_for_answer();
    void schedule_heartbeat();
    void on_timeout();
    void report_if_idle();
    void close();

    // Its messages
    void received(std::string_view packet, const SharedFd& descriptor = {});
    void accept_descriptors();
    void dispatch(const wire::FromWorker& message);
    void handle(const wire::Ready& message);
    void handle(const wire::Group& group);
    void handle(const wire::Begun& message);
    void handle(const wire::Progress& message);
    void handle(const wire::Checkpoint& message);
    void handle(const wire::Fetched& message);
    void handle(const wire::Failed& message);
    void handle(const wire::Halted& message);
    void handle(const wire::Reply& message);
    void handle(const wire::Yielding& message);
    void send_backlog();
    void send_limits();

    // Failures of our own making
    void fail(Ticket ticket, const job::Failure& failure);
    void fail_tickets(const std::string& why);
    void fail(Requests::iterator request, std::string message);
    void defer(std::function<void()> call);

    // Constant after construction
    Loop& loop_;
    const Config& config_;
    WorkerLauncher& launcher_;
    uint32_t owner_;
    WorkerEvents& events_;
    std::function<void(LinkRates)> on_yielding_;

    // The process: launching, connected (socket_), or ready (it speaks our protocol)
    bool launching_ = false;
    std::unique_ptr<wire::PacketSocket> socket_;
    std::string name_;
    bool ready_ = false;
    uint32_t failures_ = 0; ///< in a row, without an answer or more bytes of a file between them
    Source respawn_;
    Source launch_pause_;
    Source idle_;
    Source response_timeout_; ///< runs while a prompt answer is due
    Usec answer_due_{};       ///< of awake_time(); later with each answer
    Source heartbeat_;
    uint64_t ping_ = 0; ///< a request that should be answered by the next heartbeat; 0 = none
    Usec pinged_at_{};  ///< of awake_time()

    // What it was sent
    BandwidthLimits limits_;
    LinkShares shares_;
    std::map<Ticket, uint64_t> tickets_;    ///< with the bytes that the worker has reached
    std::map<Ticket, std::string> backlog_; ///< packets that start tickets, for the next worker
    std::vector<std::string> outgoing_;     ///< packets of this turn of the loop, which go together
    size_t outgoing_size_ = 0;
    Source send_outgoing_;
    Requests requests_;
    uint64_t last_request_ = 0;
    /// Held by every request for a descriptor, and by every descriptor until it is closed.
    ForeignFd::Token descriptors_ = std::make_shared<int>();
    SharedFd descriptor_; ///< that came with the packet that is being handled
    std::vector<std::function<void()>> deferred_;
    Source run_deferred_;
};

} // namespace haulier::daemon
