// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon's end of one worker: its socket, and what was asked of it and is not answered yet.
#pragma once

#include "base/event.hpp"
#include "daemon/workers/worker_launcher.hpp"
#include "daemon/workers/worker_pool.hpp"
#include "wire/packet_socket.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace haulier::wire {
class FromWorker;
class Ready;
class Reply;
class ToWorker;
} // namespace haulier::wire

namespace haulier::daemon {

/// What a wire::Reply has besides its status.
struct Word {
    uint32_t item = 0; ///< the first bad one
    std::string data;
    uint64_t size = 0;
    CallOutcome verdict = CallOutcome::Unanswered;
};

class WorkerLink {
public:
    WorkerLink(Loop& loop, const Config& config, WorkerLauncher& launcher, uint32_t owner,
               WorkerEvents& listener);
    ~WorkerLink();

    /// `packet`: an encoded Fetch or Upload with that ticket.
    void start(Ticket ticket, std::string packet);
    void halt(Ticket ticket);
    void proceed(Ticket ticket);
    /// `packet` is an encoded ToWorker with the request number that next_request() gave. Asked again of the
    /// next worker if this one dies; so it must do no harm twice.
    using Answer = std::function<void(const Status&, const Word&)>;
    void ask(uint64_t request, std::string packet, Answer answer);
    /// For what asks a server or a client: it has the time it needs, while its worker lives.
    void ask_slowly(uint64_t request, std::string packet, Answer answer);
    /// As the configuration says now; to whoever works already.
    void send_settings();
    uint64_t next_request() { return ++last_request_; }
    [[nodiscard]] bool idle() const { return tickets_.empty() && requests_.empty(); }

private:
    struct Request {
        std::string packet;
        Answer answer;
        bool prompt = true; ///< should be answered soon
        uint32_t failures = 0;
        uint32_t timeouts = 0;
    };
    void post(uint64_t id, Request request);
    void send(const wire::ToWorker& message);
    void need_worker();
    void launch();
    void launched(Result<WorkerConnection> hand);
    void on_message(const wire::Ready& ready);
    void announce_added();
    void received(std::string_view packet);
    void dispatch(const wire::FromWorker& message);
    void answered(const wire::Reply& answer);
    void lost(const std::string& why);
    void unhired(const std::string& why);
    void pause();
    void watch();
    void schedule_heartbeat();
    void silent();
    void fail_tickets(const std::string& why);
    void refuse(Ticket ticket);
    void refuse(std::map<uint64_t, Request>::iterator request, std::string message);
    void later(std::function<void()> call);
    void rest_if_idle();

    Loop& loop_;
    const Config& config_;
    WorkerLauncher& launcher_;
    uint32_t owner_;
    WorkerEvents& listener_;

    bool hiring_now_ = false;
    std::unique_ptr<wire::PacketSocket> socket_;
    std::string name_;   ///< of whom the socket leads to
    bool ready_ = false; ///< it has said so, and speaks as we do
    Source respawn_;
    Source lately_hired_;
    Source rest_;
    Source response_timer_; ///< runs while a prompt answer is due, anew with each answer
    Source heartbeat_;
    uint64_t ping_ = 0; ///< a request that should have been answered at the next look; 0 = none
    std::map<Ticket, uint64_t> tickets_;    ///< with the bytes that the worker has reached
    std::map<Ticket, std::string> waiting_; ///< encoded Fetch for the next worker
    std::map<uint64_t, Request> requests_;
    uint64_t last_request_ = 0;
    std::vector<std::function<void()>> calls_; ///< for the next turn
    Source calls_due_;
    uint32_t failures_ = 0; ///< in a row, without an answer or more bytes of a file between them
};

} // namespace haulier::daemon
