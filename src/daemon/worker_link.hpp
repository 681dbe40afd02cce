// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon's end of one worker: its process, its socket, and what was asked of it and is not answered yet.
#pragma once

#include "base/event.hpp"
#include "daemon/crew.hpp"
#include "wire/packet_socket.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

namespace haulier::wire {
class FromWorker;
class ToWorker;
} // namespace haulier::wire

namespace haulier::daemon {

class WorkerLink {
public:
    WorkerLink(Loop& loop, const Config& config, const std::string& program, CrewListener& listener);
    ~WorkerLink();

    void fetch(Ticket ticket, const FetchOrder& order);
    void halt(Ticket ticket);
    void proceed(Ticket ticket);
    /// `packet` is an encoded ToWorker with the request number that next_request() gave. Asked again of the
    /// next worker if this one dies; so it must do no harm twice.
    void ask(uint64_t request, std::string packet, std::function<void(const Status&, uint32_t item)> answer);
    uint64_t next_request() { return ++last_request_; }
    [[nodiscard]] bool idle() const { return tickets_.empty() && requests_.empty(); }

private:
    struct Request {
        std::string packet;
        std::function<void(const Status&, uint32_t)> answer;
        uint32_t deaths = 0;
    };
    void send(const wire::ToWorker& message);
    void need_worker();
    void spawn();
    void greet();
    void received(std::string_view packet);
    void dispatch(const wire::FromWorker& message);
    void lost();
    void give_up_requests();
    void later(std::function<void()> call);
    void rest_if_idle();

    Loop& loop_;
    const Config& config_;
    const std::string& program_;
    CrewListener& listener_;

    std::unique_ptr<wire::PacketSocket> socket_;
    Source respawn_;
    Source rest_;
    std::map<pid_t, Source> children_; ///< of this and former sockets; each is reaped
    std::set<Ticket> tickets_;
    std::map<Ticket, std::string> waiting_; ///< encoded Fetch for the next worker
    std::map<uint64_t, Request> requests_;
    uint64_t last_request_ = 0;
    std::vector<std::function<void()>> calls_; ///< for the next turn
    Source calls_due_;
    uint32_t deaths_ = 0; ///< in a row, without a useful word between them
};

} // namespace haulier::daemon
