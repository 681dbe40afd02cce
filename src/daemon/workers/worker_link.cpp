// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/workers/worker_link.hpp"

#include "base/log.hpp"
#include "daemon/common/journal.hpp"
#include "daemon/workers/worker_messages.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <limits>
#include <utility>

namespace haulier::daemon {

namespace {

/// After this many failures in a row, requests fail instead of being sent to another worker.
constexpr uint32_t MaxFailures = 3;
/// How often a request is sent that no worker answers in time.
constexpr uint32_t MaxTimeouts = 2;
/// Descriptors that are requested or not closed yet: a worker may pass descriptors whose closing blocks.
constexpr long MaxDescriptors = 128;
constexpr Usec IdleTime{10'000'000};
/// Between two launches, whatever became of the first: a program that connects only to leave again, and may
/// be no worker at all, must not keep systemd busy.
constexpr Usec LaunchPause{200'000};
/// No byte of the file is known to be durable.
constexpr uint64_t NotBegun = std::numeric_limits<uint64_t>::max();
/// As a power of two, in seconds. A caller who waits for a worker is told why there is none before the bus
/// gives the call up, after 25 s.
constexpr uint32_t MaxDelayExponent = 4;

Usec respawn_delay(uint32_t failures) {
    if (failures <= 1) return Usec{0};
    return std::chrono::seconds{1 << std::min(failures - 2, MaxDelayExponent)};
}

} // namespace

WorkerLink::WorkerLink(Loop& loop, const Config& config, WorkerLauncher& launcher, uint32_t owner,
                       WorkerEvents& events, std::function<void(LinkRates)> on_yielding)
    : loop_(loop), config_(config), launcher_(launcher), owner_(owner), events_(events),
      on_yielding_(std::move(on_yielding)) {}

WorkerLink::~WorkerLink() = default;

// ---- orders and requests ----

void WorkerLink::start(Ticket ticket, std::string packet) {
    tickets_[ticket] = NotBegun;
    if (packet.size() > wire::MaxPacket) {
        // Thousands of ranges and long credentials together, each of them within its own limit.
        job::Failure failure;
        failure.error = {job::Cause::Internal, 0,
                         "the ranges, headers and credentials of the file are too much for one order",
                         job::NoFile};
        failure.fatal = true;
        return fail(ticket, failure);
    }
    need_worker();
    if (ready_)
        send(std::move(packet));
    else
        backlog_[ticket] = std::move(packet);
}

void WorkerLink::halt(Ticket ticket) {
    if (!tickets_.contains(ticket)) return;
    if (backlog_.erase(ticket) > 0) {
        tickets_.erase(ticket);
        return defer([this, ticket] { events_.halted(ticket); });
    }
    wire::ToWorker message;
    message.mutable_halt()->set_ticket(ticket);
    send(message);
}

void WorkerLink::proceed(Ticket ticket) {
    if (!tickets_.contains(ticket)) return;
    wire::ToWorker message;
    message.mutable_proceed()->set_ticket(ticket);
    send(message);
}

void WorkerLink::request(uint64_t number, std::string packet, OnReply on_reply) {
    add(number, {std::move(packet), std::move(on_reply)});
}

void WorkerLink::request_without_timeout(uint64_t number, std::string packet, OnReply on_reply) {
    add(number, {std::move(packet), std::move(on_reply), false});
}

void WorkerLink::request_descriptor(uint64_t number, std::string packet, OnReply on_reply) {
    if (descriptors_.use_count() > MaxDescriptors)
        return defer([on_reply = std::move(on_reply)] {
            on_reply(Error{Errc::LocalFile,
                           "too many descriptors are still being closed, the file system may not respond"},
                     {});
        });
    Request request{std::move(packet), std::move(on_reply)};
    request.descriptors = descriptors_;
    add(number, std::move(request));
    accept_descriptors();
}

/// Descriptors are accepted only while a request waits for one; the kernel drops all others.
void WorkerLink::accept_descriptors() {
    bool any = std::any_of(requests_.begin(), requests_.end(),
                           [](const auto& request) { return request.second.descriptors != nullptr; });
    bool has_room = descriptors_.use_count() <= MaxDescriptors;
    if (socket_) socket_->accept_descriptors(any && has_room ? descriptors_ : nullptr);
}

void WorkerLink::add(uint64_t number, Request request) {
    if (request.packet.size() > wire::MaxPacket) {
        auto added = requests_.emplace(number, std::move(request)).first;
        return fail(added, "the names, headers and credentials are too much for one request");
    }
    need_worker();
    if (ready_) send(request.packet);
    requests_[number] = std::move(request);
    if (!response_timeout_) schedule_timeout();
}

void WorkerLink::send(const wire::ToWorker& message) {
    if (ready_) send(message.SerializeAsString());
}

void WorkerLink::send(std::string packet) {
    auto size = packet.size() + wire::MaxLengthField;
    if (outgoing_size_ + size > wire::MaxPacket - wire::MaxLengthField) send_outgoing();
    outgoing_size_ += size;
    outgoing_.push_back(std::move(packet));
    if (!send_outgoing_) send_outgoing_ = loop_.defer([this] { send_outgoing(); });
}

void WorkerLink::send_outgoing() {
    send_outgoing_.reset();
    outgoing_size_ = 0;
    auto packets = std::exchange(outgoing_, {});
    if (packets.empty()) return;
    if (packets.size() == 1) return socket_->send(std::move(packets.front()));
    wire::ToWorker message;
    for (auto& packet : packets)
        message.mutable_orders()->add_packets(std::move(packet));
    socket_->send(message.SerializeAsString());
}

void WorkerLink::send_settings() {
    wire::ToWorker message;
    *message.mutable_settings() = to_wire(config_);
    send(message);
}

void WorkerLink::limit(const BandwidthLimits& limits) {
    limits_ = limits;
    send_limits();
}

void WorkerLink::share(const LinkShares& shares) {
    if (!ready_ || shares == shares_) return;
    shares_ = shares;
    wire::ToWorker message;
    *message.mutable_other_workers() = to_wire(shares);
    send(message);
}

void WorkerLink::send_limits() {
    wire::ToWorker message;
    *message.mutable_limits() = to_wire(limits_);
    send(message);
}

// ---- the process ----

void WorkerLink::need_worker() {
    idle_.reset();
    if (socket_ || launching_ || launch_pause_) return;
    if (!respawn_ || failures_ < MaxFailures) launch();
}

void WorkerLink::launch() {
    respawn_.reset();
    launching_ = true;
    launch_pause_ = loop_.after(LaunchPause, [this] {
        launch_pause_.reset();
        if (!idle() && !respawn_) need_worker();
    });
    launcher_.launch(owner_, [this](Result<WorkerConnection> worker) { launched(std::move(worker)); });
}

void WorkerLink::launched(Result<WorkerConnection> worker) {
    launching_ = false;
    if (!worker) return launch_failed(worker.error().message);
    name_ = worker->name;
    socket_ = std::make_unique<wire::PacketSocket>(
        loop_, std::move(worker->socket),
        wire::PacketSocket::Handlers{
            .packet = [this](std::string_view packet) { received(packet); },
            .closed = [this] { lost(); },
            .packet_with_descriptor = [this](std::string_view packet,
                                             const SharedFd& descriptor) { received(packet, descriptor); }});
    accept_descriptors();
    schedule_timeout();
    report_if_idle();
}

/// There is no worker, so everything that waits for one fails.
void WorkerLink::launch_failed(const std::string& why) {
    journal::no_worker(owner_, why);
    failures_ = std::max(failures_ + 1, MaxFailures);
    schedule_respawn();
    while (!requests_.empty())
        fail(requests_.begin(), why);
    fail_tickets(why);
}

void WorkerLink::schedule_respawn() {
    respawn_ = loop_.after(respawn_delay(failures_), [this] {
        respawn_.reset();
        if (!idle()) need_worker();
    });
}

/// The worker is gone or given up, and nothing more that it says is reported. Its requests are sent to the
/// next worker, and its transfers go back to the scheduler. If this happens again and again, all of them fail
/// with `why`.
void WorkerLink::lost(const std::string& why) {
    close();
    ping_ = 0;
    if (idle()) return;
    ++failures_;
    schedule_respawn();
    for (auto it = requests_.begin(); it != requests_.end();) {
        auto request = it++;
        if (++request->second.failures == MaxFailures) fail(request, why);
    }
    if (failures_ >= MaxFailures) return fail_tickets(why);
    backlog_.clear();
    for (const auto& [ticket, reached] : std::exchange(tickets_, {}))
        defer([this, ticket = ticket] { events_.halted(ticket); });
}

void WorkerLink::lost() {
    lost("the worker process died again and again");
}

/// A worker can be alive but stuck, in a file system that does not respond or because of a bug; or the
/// program is no worker. While the machine sleeps, it is not silent.
void WorkerLink::schedule_timeout() {
    bool due = !ready_ ||
               std::any_of(requests_.begin(), requests_.end(), [](const auto& r) { return r.second.prompt; });
    if (!due || !socket_) return response_timeout_.reset();
    answer_due_ = awake_time() + config_.worker_timeout;
    if (!response_timeout_) wait_for_answer();
}

/// Answers arrive in great numbers, so each only moves the deadline; the timer is set again when it expires.
void WorkerLink::wait_for_answer() {
    response_timeout_ = loop_.after(answer_due_ - awake_time(), [this] {
        response_timeout_.reset();
        if (awake_time() < answer_due_) return wait_for_answer();
        on_timeout();
    });
}

/// The same while there are only transfers, which may be quiet for long.
void WorkerLink::schedule_heartbeat() {
    heartbeat_ = loop_.after(config_.worker_timeout, [this] {
        if (ping_ != 0 && awake_time() - pinged_at_ >= config_.worker_timeout) return on_timeout();
        if (ping_ == 0 && !idle()) {
            wire::ToWorker message;
            pinged_at_ = awake_time();
            message.mutable_ping()->set_request(ping_ = next_request());
            send(message);
        }
        schedule_heartbeat();
    });
}

void WorkerLink::on_timeout() {
    log::error(fmt::format("{} has answered nothing for {} ms; it is killed", name_,
                           config_.worker_timeout.count()));
    launcher_.kill(owner_);
    for (auto it = requests_.begin(); it != requests_.end();) {
        auto request = it++;
        if (request->second.prompt && ++request->second.timeouts == MaxTimeouts)
            fail(request, fmt::format("no worker answered within {} ms", config_.worker_timeout.count()));
    }
    // The process may stay for long if the kernel holds it, but it is no longer listened to.
    lost();
}

/// A worker ends when its socket is closed. It costs memory, so it is not kept without work.
void WorkerLink::report_if_idle() {
    if (!idle()) return;
    events_.on_idle();
    if (!socket_ || idle_) return;
    idle_ = loop_.after(IdleTime, [this] {
        idle_.reset();
        if (idle()) close();
    });
}

void WorkerLink::close() {
    socket_.reset();
    send_outgoing_.reset();
    outgoing_.clear();
    outgoing_size_ = 0;
    ready_ = false;
    response_timeout_.reset();
    heartbeat_.reset();
    shares_.clear();
    on_yielding_({});
}

// ---- failures of our own making ----

void WorkerLink::fail(Ticket ticket, const job::Failure& failure) {
    defer([this, ticket, failure] {
        if (tickets_.erase(ticket) > 0) events_.failed(ticket, failure);
    });
}

void WorkerLink::fail_tickets(const std::string& why) {
    backlog_.clear();
    job::Failure failure;
    failure.error = {job::Cause::WorkerLost, 0, why, job::NoFile};
    for (const auto& [ticket, reached] : std::exchange(tickets_, {}))
        defer([this, ticket = ticket, failure] { events_.failed(ticket, failure); });
}

void WorkerLink::fail(Requests::iterator request, std::string message) {
    defer([on_reply = std::move(request->second.on_reply), message = std::move(message)] {
        on_reply(Error{Errc::Internal, message}, {});
    });
    requests_.erase(request);
}

/// Events and replies never come from inside a call of ours: the caller could not tell yet what they are
/// about.
void WorkerLink::defer(std::function<void()> call) {
    deferred_.push_back(std::move(call));
    if (!run_deferred_)
        run_deferred_ = loop_.defer([this] {
            run_deferred_.reset();
            for (auto& due : std::exchange(deferred_, {}))
                due();
            report_if_idle();
        });
}

} // namespace haulier::daemon
