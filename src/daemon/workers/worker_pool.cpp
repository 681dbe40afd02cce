// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/workers/worker_pool.hpp"

#include "daemon/common/batch.hpp"
#include "daemon/workers/worker_link.hpp"
#include "daemon/workers/worker_messages.hpp"
#include "job/validation.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr Usec SharingDelay{50'000};
/// A client waits for 25 seconds until its first call returns.
constexpr Usec ExamineLimit = std::chrono::seconds{10};

/// One Check packet: items [first, last) of a list.
struct Slice {
    size_t first = 0;
    size_t last = 0;
};

size_t packet_size_of(const CheckItem& item) {
    size_t need = item.url.size() + item.directory.size() + item.root.size() + item.name.size() +
                  item.temporary.directory.size() + item.temporary.root.size() + 64;
    for (const auto& mirror : item.mirrors)
        need += mirror.size() + 8;
    return need;
}

/// Splits a list so that each part fits into one packet.
std::vector<Slice> slices_of(const std::vector<CheckItem>& items) {
    constexpr size_t Room = wire::MaxPacket - 1024;
    std::vector<Slice> slices;
    size_t used = Room;
    for (size_t i = 0; i < items.size(); ++i) {
        size_t need = packet_size_of(items[i]);
        if (used + need > Room) {
            slices.push_back({i, i});
            used = 0;
        }
        used += need;
        slices.back().last = i + 1;
    }
    return slices;
}

std::string check_packet(uint64_t request, const std::vector<CheckItem>& items, Slice slice) {
    wire::ToWorker message;
    message.mutable_check()->set_request(request);
    for (size_t i = slice.first; i < slice.last; ++i)
        *message.mutable_check()->add_items() = to_wire(items[i]);
    return message.SerializeAsString();
}

/// A file that is read in several requests.
struct FileReader : std::enable_shared_from_this<FileReader> {
    explicit FileReader(WorkerLink& link_used) : link(link_used) {}
    WorkerLink& link;
    job::Place place;
    std::string name;
    uint64_t limit = 0;
    Callback<std::string> done;
    std::string data;

    void next() {
        auto request = link.next_request();
        wire::ToWorker message;
        auto& read = *message.mutable_read();
        read.set_request(request);
        read.set_directory(place.directory);
        read.set_root(place.root);
        read.set_name(name);
        read.set_offset(data.size());
        link.request(request, message.SerializeAsString(),
                     [self = shared_from_this()](const Status& status, const WorkerReply& reply) {
                         if (!status) return self->done(status.error());
                         self->take(reply);
                     });
    }
    void take(const WorkerReply& reply) {
        data += reply.data;
        if (reply.size > limit || data.size() > limit)
            return done(
                Error{Errc::TooLarge, fmt::format("{}/{} has {} bytes, more than the {} that are handed over",
                                                  place.directory, name, reply.size, limit)});
        if (data.size() < reply.size && !reply.data.empty()) return next();
        done(std::move(data));
    }
};

/// Passes on the first of the reply and the end of the time limit.
struct Examination {
    Callback<process::ProcessFacts> done;
    Source limit{};

    void end(const Result<process::ProcessFacts>& facts) {
        limit.reset();
        if (auto examined = std::exchange(done, nullptr)) examined(facts);
    }
};

} // namespace

CheckItem check_of(const job::FileSpec& spec, const job::Job& job) {
    bool upload = job::is_upload(job.type);
    auto place = job::place_in(job, job::directory_of(spec.local), upload ? job::Use::Read : job::Use::Write);
    job::Place temporary;
    if (!job.temporary_directory.empty())
        temporary = job::place_in(job, job.temporary_directory, job::Use::Write);
    auto others = spec.mirrors.get();
    others.insert(others.end(), spec.peers.begin(), spec.peers.end());
    return {spec.remote, others, place.directory, job::name_of(spec.local), upload,     spec.mode,
            spec.size,   false,  spec.existing,   spec.server_name,         place.root, temporary};
}

WorkerPool::WorkerPool(Loop& loop, const Config& config, WorkerLauncher& launcher)
    : loop_(loop), config_(config), launcher_(launcher) {}

WorkerPool::~WorkerPool() = default;

WorkerLink& WorkerPool::link(uint32_t owner) {
    auto& link = links_[owner];
    if (!link)
        link = std::make_unique<WorkerLink>(loop_, config_, launcher_, owner, *events_,
                                            [this, owner](LinkRates rates) {
                                                sharing_.report(owner, std::move(rates));
                                                share_later();
                                            });
    return *link;
}

/// Reports that arrive at about the same time are passed on together.
void WorkerPool::share_later() {
    if (share_) return;
    share_ = loop_.after(SharingDelay, [this] {
        share_.reset();
        for (const auto& [owner, link] : links_)
            link->share(sharing_.shares_of(owner));
    });
}

Ticket WorkerPool::fetch(uint32_t owner, const FetchOrder& order) {
    wire::ToWorker message;
    *message.mutable_fetch() = to_wire(++last_ticket_, order);
    link(owner).start(last_ticket_, message.SerializeAsString());
    return last_ticket_;
}

Ticket WorkerPool::upload(uint32_t owner, const UploadOrder& order) {
    wire::ToWorker message;
    *message.mutable_upload() = to_wire(++last_ticket_, order);
    link(owner).start(last_ticket_, message.SerializeAsString());
    return last_ticket_;
}

void WorkerPool::halt(uint32_t owner, Ticket ticket) {
    link(owner).halt(ticket);
}

void WorkerPool::proceed(uint32_t owner, Ticket ticket) {
    link(owner).proceed(ticket);
}

void WorkerPool::check(uint32_t owner, std::vector<CheckItem> items, Callback<Done> done) {
    auto slices = slices_of(items);
    auto count = slices.size();
    auto step = [&link = link(owner), items = std::move(items),
                 slices = std::move(slices)](size_t i, const Callback<Done>& next) mutable {
        auto request = link.next_request();
        auto [first, last] = slices[i];
        auto packet = check_packet(request, items, slices[i]);
        for (auto n = first; n < last; ++n)
            items[n] = {}; // there may be thousands
        link.request(
            request, std::move(packet),
            [next, first = first, total = items.size()](const Status& status, const WorkerReply& reply) {
                if (status) return next(status);
                next(job::about_file(status.error(), first + reply.item, total));
            });
    };
    run_batch(count, std::move(step), std::move(done));
}

void WorkerPool::publish(uint32_t owner, const PublishOrder& order, Callback<std::string> done) {
    auto& worker = link(owner);
    auto request = worker.next_request();
    wire::ToWorker message;
    *message.mutable_publish() = to_wire(request, order);
    worker.request(request, message.SerializeAsString(),
                   [done = std::move(done)](const Status& status, const WorkerReply& reply) {
                       if (!status) return done(status.error());
                       done(reply.name);
                   });
}

void WorkerPool::open(uint32_t owner, const PublishOrder& order, Callback<SharedFd> done) {
    auto& worker = link(owner);
    auto request = worker.next_request();
    wire::ToWorker message;
    *message.mutable_open() = open_to_wire(request, order);
    worker.request_descriptor(request, message.SerializeAsString(),
                              [done = std::move(done)](const Status& status, const WorkerReply& reply) {
                                  if (!status) return done(status.error());
                                  if (reply.descriptor) return done(reply.descriptor);
                                  done(Error{Errc::Internal, "the worker did not pass the file"});
                              });
}

void WorkerPool::discard(uint32_t owner, const DiscardOrder& order, Callback<Done> done) {
    auto& worker = link(owner);
    auto request = worker.next_request();
    wire::ToWorker message;
    *message.mutable_discard() = to_wire(request, order);
    worker.request(request, message.SerializeAsString(),
                   [done = std::move(done)](const Status& status, const WorkerReply&) { done(status); });
}

void WorkerPool::check_storage(uint32_t owner, const StorageQuestion& question, Callback<Done> done) {
    auto& worker = link(owner);
    auto request = worker.next_request();
    wire::ToWorker message;
    *message.mutable_check_storage() = to_wire(request, question);
    worker.request(request, message.SerializeAsString(),
                   [done = std::move(done)](const Status& status, const WorkerReply&) { done(status); });
}

void WorkerPool::abandon(uint32_t owner, const AbandonOrder& order) {
    auto& worker = link(owner);
    auto request = worker.next_request();
    wire::ToWorker message;
    *message.mutable_delete_upload() = to_wire(request, order);
    worker.request_without_timeout(request, message.SerializeAsString(),
                                   [](const Status&, const WorkerReply&) {});
}

/// Without a worker, nothing is known about the service.
void WorkerPool::call(const notify::Delivery& delivery, std::chrono::milliseconds timeout,
                      std::function<void(const CallResult&)> done) {
    auto& worker = link(delivery.owner);
    auto request = worker.next_request();
    wire::ToWorker message;
    *message.mutable_call() = to_wire(request, delivery, timeout);
    worker.request_without_timeout(request, message.SerializeAsString(),
                                   [done = std::move(done)](const Status& status, const WorkerReply& reply) {
                                       auto outcome = status ? reply.outcome : CallOutcome::Refused;
                                       done({outcome, reply.data.substr(0, LongestAnswer)});
                                   });
}

void WorkerPool::examine(uint32_t owner, uint32_t pid, Callback<process::ProcessFacts> done) {
    auto examination = std::make_shared<Examination>(Examination{std::move(done)});
    examination->limit = loop_.after(ExamineLimit, [weak = std::weak_ptr{examination}] {
        if (auto unanswered = weak.lock())
            unanswered->end(Error{Errc::Internal, "the worker process does not reply"});
    });
    auto& worker = link(owner);
    auto request = worker.next_request();
    wire::ToWorker message;
    message.mutable_examine()->set_request(request);
    message.mutable_examine()->set_pid(pid);
    worker.request(request, message.SerializeAsString(),
                   [examination](const Status& status, const WorkerReply& reply) {
                       if (!status) return examination->end(status.error());
                       examination->end(reply.facts);
                   });
}

void WorkerPool::read(uint32_t owner, const job::Place& place, const std::string& name, uint64_t limit,
                      Callback<std::string> done) {
    auto reader = std::make_shared<FileReader>(link(owner));
    reader->place = place;
    reader->name = name;
    reader->limit = limit;
    reader->done = std::move(done);
    reader->next();
}

void WorkerPool::limit(uint32_t owner, const BandwidthLimits& limits) {
    link(owner).limit(limits);
}

void WorkerPool::reconfigured() {
    for (auto& [owner, link] : links_)
        link->send_settings();
}

bool WorkerPool::idle() const {
    return std::all_of(links_.begin(), links_.end(), [](const auto& entry) { return entry.second->idle(); });
}

} // namespace haulier::daemon
