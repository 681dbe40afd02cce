// SPDX-License-Identifier: LGPL-2.1-or-later
// The worker process: carries out the daemon's orders, which arrive on a socket. It keeps no state beyond its
// lifetime; what must be remembered is reported to the daemon.
#pragma once

#include "base/call_outcome.hpp"
#include "base/event.hpp"
#include "base/fd.hpp"
#include "transfer/curl_loop.hpp"
#include "transfer/disk_pool.hpp"
#include "transfer/failure.hpp"
#include "transfer/part_opener.hpp"
#include "transfer/proxy_finder.hpp"
#include "transfer/publish.hpp"
#include "transfer/small_files.hpp"
#include "transfer/transfer.hpp"
#include "transfer/tus_delete.hpp"
#include "transfer/worker_context.hpp"
#include "wire/packet_socket.hpp"
#include "worker.pb.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <unordered_map>
#include <vector>

namespace haulier::transfer {

/// Calls a service on the user's session bus, and reports the outcome once.
using CallService = std::function<void(const wire::Call&, std::function<void(const CallResult&)>)>;

class Worker {
public:
    /// `exit` is called once, with the exit code of the process, when the worker has nothing left to do.
    Worker(Loop& loop, Fd socket, CallService call_service, std::function<void(int)> exit);

    /// Halts all transfers, then exits.
    void stop();

private:
    void packet(std::string_view bytes);
    /// False if the message is invalid now, so that the worker must exit.
    bool handle(wire::ToWorker&& message);
    bool carry_out(const wire::Orders& orders);
    bool configure(const wire::Settings& settings);
    bool fetch(wire::Fetch&& order);
    bool upload(wire::Upload&& order);
    bool start(uint64_t ticket, std::unique_ptr<Transfer> transfer);
    bool halt(uint64_t ticket);
    bool proceed(uint64_t ticket);
    bool delete_upload(wire::DeleteUpload&& order);
    bool call(const wire::Call& call);
    bool examine(wire::Examine&& question);
    bool ping(uint64_t request);
    bool check_files(wire::Check&& request);
    template <class Request, class Work>
    bool run_on_disk(Request&& request, Usec limit, Work work);
    template <class Request, class Work>
    bool run_on_disk(Request&& request, Usec limit, Work work, const std::string& directory, Lane lane);
    bool discard(wire::Discard&& request);
    void discard_next(const std::string& key);
    bool publish_file(wire::Publish&& request);
    bool open_file(wire::Open&& request);
    void publish_next(const std::string& key);
    template <class Results>
    void reply_to_all(const std::vector<uint64_t>& requests, const Results& results,
                      const std::string& directory);
    void reply(uint64_t request, const Status& status);
    void reply(uint64_t request, const Published& published);
    void reply(uint64_t request, wire::Reply reply);
    void send_from_transfer(wire::FromWorker message);
    void send(wire::FromWorker message);
    void send_together(const std::function<void()>& messages);
    void send_group();
    void retire(uint64_t ticket);
    void destroy_later(std::shared_ptr<void> ended);
    void leave(int code);

    Loop& loop_;
    CallService call_service_;
    std::function<void(int)> exit_;
    const mode_t umask_;
    bool configured_ = false;
    bool stopping_ = false;
    wire::PacketSocket socket_;
    std::optional<wire::Group> group_; ///< while messages are gathered
    size_t group_size_ = 0;
    DiskPool disk_;
    PartOpener parts_;
    SmallFiles small_files_;
    ProxyFinder proxies_;
    CurlLoop curl_;
    WorkerContext context_;
    std::unordered_map<uint64_t, std::unique_ptr<Transfer>> transfers_;    ///< by ticket
    std::unordered_map<uint64_t, std::unique_ptr<TusDelete>> tus_deletes_; ///< by request
    /// Requests by place that came while others are being carried out there. They share one sync.
    std::unordered_map<std::string, std::vector<wire::Discard>> discards_;
    std::unordered_map<std::string, std::vector<wire::Publish>> publishes_; ///< likewise
    /// Objects that ended in one of their own functions, which is still on the stack. The reaper destroys
    /// them in the next iteration of the loop.
    std::vector<std::shared_ptr<void>> ended_;
    Source reaper_;
};

} // namespace haulier::transfer
