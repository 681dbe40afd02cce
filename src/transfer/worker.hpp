// SPDX-License-Identifier: LGPL-2.1-or-later
// The worker process: takes orders from the daemon's socket and keeps the fetches under way. It remembers
// nothing beyond its life; what must be remembered is told.
#pragma once

#include "base/call_outcome.hpp"
#include "base/event.hpp"
#include "base/fd.hpp"
#include "transfer/abandonment.hpp"
#include "transfer/curl_loop.hpp"
#include "transfer/disk_thread.hpp"
#include "transfer/flight.hpp"
#include "transfer/proxy_finder.hpp"
#include "transfer/yard.hpp"
#include "wire/packet_socket.hpp"
#include "worker.pb.h"

#include <functional>
#include <memory>
#include <string_view>
#include <sys/types.h>
#include <unordered_map>
#include <vector>

namespace haulier::transfer {

/// Calls a service on the user's session bus, and says once what became of it.
using Ring = std::function<void(const wire::Call&, std::function<void(CallOutcome)>)>;

class Worker {
public:
    /// `exit` is called once, with the process's exit code, when there is nothing left to live for.
    Worker(Loop& loop, Fd socket, Ring ring, std::function<void(int)> exit);

    /// Halts everything, then exits.
    void stop();

private:
    void packet(std::string_view bytes);
    bool obey(wire::ToWorker&& order);
    bool configure(const wire::Settings& settings);
    bool launch(uint64_t ticket, std::unique_ptr<Flight> flight);
    void check(wire::Check&& request);
    bool abandon(wire::Abandon&& order);
    void call(const wire::Call& call);
    void answer(uint64_t request, const Trouble& trouble);
    void answer(wire::Answer&& answer);
    void tell(const wire::FromWorker& message);
    void send(const wire::FromWorker& message);
    void bury(uint64_t ticket);
    void drop_later(std::shared_ptr<void> ended);
    void leave(int code);

    Loop& loop_;
    Ring ring_;
    std::function<void(int)> exit_;
    const mode_t umask_;
    bool configured_ = false;
    bool stopping_ = false;
    wire::PacketSocket socket_;
    DiskThread disk_;
    ProxyFinder proxies_;
    CurlLoop curl_;
    Yard yard_;
    std::unordered_map<uint64_t, std::unique_ptr<Flight>> flights_;
    std::unordered_map<uint64_t, std::unique_ptr<Abandonment>> abandonments_; ///< by request
    std::vector<std::shared_ptr<void>>
        ended_; ///< dropped in a turn of their own; their last words are on the stack
    Source undertaker_;
};

} // namespace haulier::transfer
