// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/worker.hpp"

#include "base/log.hpp"
#include "transfer/check.hpp"
#include "transfer/convert.hpp"
#include "transfer/examine_process.hpp"
#include "transfer/fetch.hpp"
#include "transfer/open_file.hpp"
#include "transfer/publish.hpp"
#include "transfer/read_chunk.hpp"
#include "transfer/storage.hpp"
#include "transfer/upload.hpp"

#include <algorithm>
#include <string>
#include <sys/stat.h>
#include <utility>

namespace haulier::transfer {

namespace {

using std::chrono::seconds;

constexpr Usec CheckLimit = seconds{15};
/// The daemon waits for ten seconds.
constexpr Usec ExamineLimit = seconds{8};
constexpr Usec PublishLimit = seconds{45}; ///< it syncs the content
/// A client waits for 25 seconds until Cancel returns.
constexpr Usec DiscardLimit = seconds{8};

wire::Reply::CallOutcome to_wire(CallOutcome outcome) {
    switch (outcome) {
    case CallOutcome::Acknowledged: return wire::Reply::ACKNOWLEDGED;
    case CallOutcome::Refused: return wire::Reply::REFUSED;
    case CallOutcome::NoSuchMethod:
    case CallOutcome::Declined: return wire::Reply::NO_SUCH_METHOD;
    case CallOutcome::NoSuchObject: return wire::Reply::NO_SUCH_OBJECT;
    case CallOutcome::Gone: return wire::Reply::GONE;
    case CallOutcome::NotStarted: return wire::Reply::NOT_STARTED;
    case CallOutcome::Unanswered: return wire::Reply::UNANSWERED;
    case CallOutcome::NoBus: return wire::Reply::NO_BUS;
    }
    return wire::Reply::UNANSWERED;
}

wire::Reply refusal(const Failure& failure) {
    wire::Reply message;
    message.set_fault(failure.cause == wire::FILE_EXISTS ? wire::Reply::FILE_EXISTS
                                                         : wire::Reply::LOCAL_FILE);
    message.set_message(failure.message);
    return message;
}

/// The ticket of the transfer whose last message this is.
std::optional<uint64_t> ended_by(const wire::FromWorker& message) {
    if (message.has_fetched()) return message.fetched().ticket();
    if (message.has_failed()) return message.failed().ticket();
    if (message.has_halted()) return message.halted().ticket();
    return std::nullopt;
}

template <class Request>
Place place_of(const Request& request) {
    return {request.directory(), request.root()};
}

/// Of requests that are carried out together.
template <class Request>
std::string key_of(const Request& request) {
    return request.root() + '\0' + request.directory();
}
std::string key_of_publication(const wire::Publish& request) {
    return key_of(request) + '\0' + request.temporary_root() + '\0' + request.temporary_directory();
}

template <class Request>
std::vector<uint64_t> numbers_of(const std::vector<Request>& requests) {
    std::vector<uint64_t> numbers;
    for (const auto& request : requests)
        numbers.push_back(request.request());
    return numbers;
}

mode_t read_umask() {
    mode_t mask = umask(0);
    umask(mask);
    return mask;
}

} // namespace

Worker::Worker(Loop& loop, Fd socket, CallService call_service, std::function<void(int)> exit)
    : loop_(loop), call_service_(std::move(call_service)), exit_(std::move(exit)), umask_(read_umask()),
      socket_(loop, std::move(socket),
              {.packet = [this](std::string_view bytes) { packet(bytes); }, .closed = [this] { leave(0); }}),
      disk_(loop), parts_(loop, disk_),
      small_files_(disk_, [this](const auto& messages) { send_together(messages); }), proxies_(disk_),
      curl_(loop), context_{
                       .loop = loop,
                       .disk = disk_,
                       .parts = parts_,
                       .small_files = small_files_,
                       .network = {loop, curl_, proxies_, disk_, {}},
                       .send = [this](wire::FromWorker message) { send_from_transfer(std::move(message)); },
                       .umask = umask_} {
    curl_.report_yielding([this](const wire::Yielding& yielding) {
        wire::FromWorker message;
        *message.mutable_yielding() = yielding;
        send(message);
    });
    wire::FromWorker ready;
    ready.mutable_ready()->set_protocol(wire::Protocol);
    send(ready);
}

void Worker::packet(std::string_view bytes) {
    wire::ToWorker message;
    bool valid =
        message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) && handle(std::move(message));
    if (valid) return;
    log::error("the daemon sent an invalid packet, the worker exits");
    leave(1);
}

bool Worker::handle(wire::ToWorker&& message) {
    using Kind = wire::ToWorker::KindCase;
    if (!configured_ && !message.has_settings() && !message.has_orders()) return false;
    switch (message.kind_case()) {
    case Kind::kSettings: return configure(message.settings());
    case Kind::kFetch: return fetch(std::move(*message.mutable_fetch()));
    case Kind::kUpload: return upload(std::move(*message.mutable_upload()));
    case Kind::kHalt: return halt(message.halt().ticket());
    case Kind::kProceed: return proceed(message.proceed().ticket());
    case Kind::kCheck: return check_files(std::move(*message.mutable_check()));
    case Kind::kRead: return run_on_disk(std::move(*message.mutable_read()), CheckLimit, &read_chunk);
    case Kind::kDiscard: return discard(std::move(*message.mutable_discard()));
    case Kind::kOpen: return open_file(std::move(*message.mutable_open()));
    case Kind::kPublish: return publish_file(std::move(*message.mutable_publish()));
    case Kind::kCheckStorage:
        return run_on_disk(std::move(*message.mutable_check_storage()), CheckLimit,
                           [keep_free = context_.settings.keep_free](const wire::CheckStorage& request) {
                               return check_storage(request, keep_free);
                           });
    case Kind::kDeleteUpload: return delete_upload(std::move(*message.mutable_delete_upload()));
    case Kind::kCall: return call(message.call());
    case Kind::kExamine: return examine(std::move(*message.mutable_examine()));
    case Kind::kLimits: curl_.set_limits(message.limits()); return true;
    case Kind::kOtherWorkers: curl_.set_other_workers(message.other_workers()); return true;
    case Kind::kPing: return ping(message.ping().request());
    case Kind::kOrders: return carry_out(message.orders());
    case Kind::KIND_NOT_SET: return false;
    }
    return false;
}

bool Worker::carry_out(const wire::Orders& orders) {
    return std::all_of(orders.packets().begin(), orders.packets().end(), [this](const auto& packet) {
        wire::ToWorker message;
        return message.ParseFromString(packet) && !message.has_orders() && handle(std::move(message));
    });
}

bool Worker::configure(const wire::Settings& settings) {
    context_.settings = transfer_settings(settings);
    context_.network.settings = network_settings(settings);
    curl_.limit_connections(context_.settings.connections_per_host);
    curl_.let_background_yield(context_.settings.yields);
    proxies_.use_command(settings.proxy_command());
    configured_ = true;
    return true;
}

bool Worker::fetch(wire::Fetch&& order) {
    uint64_t ticket = order.ticket();
    return start(ticket, std::make_unique<Fetch>(context_, from_wire(std::move(order))));
}

bool Worker::upload(wire::Upload&& order) {
    uint64_t ticket = order.ticket();
    return start(ticket, std::make_unique<Upload>(context_, std::move(order)));
}

bool Worker::start(uint64_t ticket, std::unique_ptr<Transfer> transfer) {
    auto [entry, is_new] = transfers_.emplace(ticket, std::move(transfer));
    if (!is_new) return false;
    if (stopping_)
        entry->second->halt();
    else
        entry->second->start();
    return true;
}

/// The transfer may have ended while the order was under way.
bool Worker::halt(uint64_t ticket) {
    if (auto found = transfers_.find(ticket); found != transfers_.end()) found->second->halt();
    return true;
}

bool Worker::proceed(uint64_t ticket) {
    if (auto found = transfers_.find(ticket); found != transfers_.end()) found->second->proceed();
    return true;
}

bool Worker::check_files(wire::Check&& request) {
    std::string directory = request.items().empty() ? std::string{} : request.items(0).directory();
    // A client waits for this, so it does not queue behind the syncs of transfers.
    return run_on_disk(std::move(request), CheckLimit, &check, directory, {.path = "check " + directory});
}

template <class Request, class Work>
bool Worker::run_on_disk(Request&& request, Usec limit, Work work) {
    std::string directory = request.directory();
    return run_on_disk(std::forward<Request>(request), limit, work, directory, {.path = directory});
}

/// The daemon takes a worker that does not reply for one that hangs, so there is a reply in any case.
template <class Request, class Work>
bool Worker::run_on_disk(Request&& request, Usec limit, Work work, const std::string& directory, Lane lane) {
    uint64_t id = request.request();
    disk_.run_within(
        limit, lane, [request = std::forward<Request>(request), work] { return work(request); },
        [this, id, directory](auto&& result) {
            if (result) return this->reply(id, *std::forward<decltype(result)>(result));
            this->reply(id, Status{not_responding(directory)});
        });
    return true;
}

bool Worker::discard(wire::Discard&& request) {
    auto key = key_of(request);
    auto [entry, is_idle] = discards_.try_emplace(key);
    entry->second.push_back(std::move(request));
    if (is_idle) discard_next(key);
    return true;
}

void Worker::discard_next(const std::string& key) {
    auto requests = std::exchange(discards_[key], {});
    if (requests.empty()) {
        discards_.erase(key);
        return;
    }
    auto place = place_of(requests.front());
    auto numbers = numbers_of(requests);
    disk_.run_within(
        DiscardLimit, {.path = place.path},
        [place, requests = std::move(requests)] { return transfer::discard(place, requests); },
        [this, key, place, numbers = std::move(numbers)](const std::optional<std::vector<Status>>& results) {
            reply_to_all(numbers, results, place.path);
            discard_next(key);
        });
}

/// A client waits for this, so it does not queue behind the syncs of transfers.
bool Worker::open_file(wire::Open&& request) {
    uint64_t id = request.request();
    auto directory = request.directory();
    disk_.run_within(
        CheckLimit, {.path = "open " + directory},
        [request = std::move(request)] { return open_fetched(request); },
        [this, id, directory](const std::optional<Result<SharedFd, Failure>>& file) {
            if (!file) return reply(id, Status{not_responding(directory)});
            if (!*file) return reply(id, Status{file->error()});
            wire::FromWorker message;
            message.mutable_reply()->set_request(id);
            socket_.send(message.SerializeAsString(), **file);
        });
    return true;
}

bool Worker::publish_file(wire::Publish&& request) {
    auto key = key_of_publication(request);
    auto [entry, is_idle] = publishes_.try_emplace(key);
    entry->second.push_back(std::move(request));
    if (is_idle) publish_next(key);
    return true;
}

void Worker::publish_next(const std::string& key) {
    auto requests = std::exchange(publishes_[key], {});
    if (requests.empty()) {
        publishes_.erase(key);
        return;
    }
    auto place = place_of(requests.front());
    auto numbers = numbers_of(requests);
    disk_.run_within(
        PublishLimit, {.path = place.path},
        [place, requests = std::move(requests), mask = umask_] { return publish(place, requests, mask); },
        [this, key, place,
         numbers = std::move(numbers)](const std::optional<std::vector<Published>>& results) {
            reply_to_all(numbers, results, place.path);
            publish_next(key);
        });
}

/// No results: the directory does not respond.
template <class Results>
void Worker::reply_to_all(const std::vector<uint64_t>& requests, const Results& results,
                          const std::string& directory) {
    send_together([&] {
        for (size_t i = 0; i < requests.size(); ++i)
            if (results)
                reply(requests[i], (*results)[i]);
            else
                reply(requests[i], Status{not_responding(directory)});
    });
}

bool Worker::delete_upload(wire::DeleteUpload&& order) {
    uint64_t request = order.request();
    auto done = [this, request] {
        destroy_later(std::move(tus_deletes_.extract(request).mapped()));
        reply(request, Status{Done{}});
    };
    auto [entry, is_new] = tus_deletes_.try_emplace(request);
    if (is_new) entry->second = std::make_unique<TusDelete>(loop_, context_.network, std::move(order), done);
    return is_new;
}

bool Worker::call(const wire::Call& call) {
    call_service_(call, [this, request = call.request()](const CallResult& result) {
        wire::Reply message;
        message.set_call_outcome(to_wire(result.outcome));
        message.set_data(result.answer);
        reply(request, std::move(message));
    });
    return true;
}

/// A home directory on a file server that is gone must not stop the loop, or other examinations.
bool Worker::examine(wire::Examine&& question) {
    Lane lane{.path = "examine", .name = std::to_string(question.request())};
    return run_on_disk(std::move(question), ExamineLimit, &examine_process, "the user's home directory",
                       std::move(lane));
}

bool Worker::ping(uint64_t request) {
    reply(request, Status{Done{}});
    return true;
}

void Worker::reply(uint64_t request, const Status& status) {
    reply(request, status ? wire::Reply{} : refusal(status.error()));
}

void Worker::reply(uint64_t request, const Published& published) {
    if (!published) return reply(request, refusal(published.error()));
    wire::Reply message;
    message.set_name(*published);
    reply(request, std::move(message));
}

void Worker::reply(uint64_t request, wire::Reply reply) {
    reply.set_request(request);
    wire::FromWorker message;
    *message.mutable_reply() = std::move(reply);
    send(std::move(message));
}

/// Progress is dropped while the daemon does not read; later progress replaces it.
void Worker::send_from_transfer(wire::FromWorker message) {
    if (message.has_progress() && socket_.backed_up()) return;
    auto ended = ended_by(message);
    send(std::move(message));
    if (ended) retire(*ended);
}

void Worker::send(wire::FromWorker message) {
    if (!group_) return socket_.send(message.SerializeAsString());
    auto size = message.ByteSizeLong() + wire::MaxLengthField;
    if (group_size_ + size > wire::MaxPacket - wire::MaxLengthField) send_group();
    group_size_ += size;
    *group_->add_messages() = std::move(message);
}

/// All that is sent meanwhile goes in one packet, or in as few as possible.
void Worker::send_together(const std::function<void()>& messages) {
    group_.emplace();
    messages();
    send_group();
    group_.reset();
}

void Worker::send_group() {
    auto group = std::exchange(*group_, {});
    group_size_ = 0;
    if (group.messages().empty()) return;
    wire::FromWorker message;
    if (group.messages_size() == 1)
        message = std::move(*group.mutable_messages(0));
    else
        *message.mutable_group() = std::move(group);
    socket_.send(message.SerializeAsString());
}

void Worker::retire(uint64_t ticket) {
    destroy_later(std::move(transfers_.extract(ticket).mapped()));
}

void Worker::destroy_later(std::shared_ptr<void> ended) {
    ended_.push_back(std::move(ended));
    if (!reaper_)
        reaper_ = loop_.defer([this] {
            reaper_.reset();
            ended_.clear();
            if (stopping_ && transfers_.empty()) leave(0);
        });
}

void Worker::stop() {
    stopping_ = true;
    if (transfers_.empty()) return leave(0);
    // Halting may end a transfer at once and so change the table.
    std::vector<Transfer*> all;
    for (const auto& [ticket, transfer] : transfers_)
        all.push_back(transfer.get());
    for (auto* transfer : all)
        transfer->halt();
}

void Worker::leave(int code) {
    if (auto exit = std::exchange(exit_, nullptr)) exit(code);
}

} // namespace haulier::transfer
