// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/worker_link.hpp"

#include "base/log.hpp"
#include "daemon/spawn.hpp"
#include "daemon/wire_values.hpp"

#include <algorithm>
#include <csignal>
#include <fmt/core.h>
#include <utility>

namespace haulier::daemon {

namespace {

/// After so many deaths in a row, what was asked is answered with a failure rather than asked once more.
constexpr uint32_t PatientDeaths = 3;
/// How often a request that no worker answers is made.
constexpr uint32_t PatientSilences = 2;
constexpr Usec RestAfter{10'000'000};

Usec respawn_delay(uint32_t deaths) {
    if (deaths <= 1) return Usec{0};
    return std::chrono::seconds{1 << std::min(deaths - 2, 5U)};
}

} // namespace

WorkerLink::WorkerLink(Loop& loop, const Config& config, const std::string& program, CrewListener& listener)
    : loop_(loop), config_(config), program_(program), listener_(listener) {}

WorkerLink::~WorkerLink() = default;

void WorkerLink::start(Ticket ticket, std::string packet) {
    tickets_.insert(ticket);
    if (packet.size() > wire::MaxPacket) return refuse(ticket);
    // A worker that was just started takes it out, and so does one that cannot be started.
    waiting_[ticket] = std::move(packet);
    need_worker();
    auto kept = waiting_.extract(ticket);
    if (kept && socket_) return socket_->send(std::move(kept.mapped()));
    if (kept) waiting_.insert(std::move(kept));
}

/// Thousands of ranges and long credentials together, where each alone is within its limit.
void WorkerLink::refuse(Ticket ticket) {
    later([this, ticket] {
        if (tickets_.erase(ticket) == 0) return;
        job::Failure failure;
        failure.error = {job::Cause::Internal, 0,
                         "the ranges, headers and credentials of the file are too much for one order",
                         job::NoFile};
        failure.fatal = true;
        listener_.failed(ticket, failure);
    });
}

void WorkerLink::halt(Ticket ticket) {
    if (!tickets_.contains(ticket)) return;
    if (waiting_.erase(ticket) > 0) {
        tickets_.erase(ticket);
        return later([this, ticket] { listener_.halted(ticket); });
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

void WorkerLink::ask(uint64_t request, std::string packet, Answer answer) {
    post(request, {std::move(packet), std::move(answer)});
}

void WorkerLink::ask_slowly(uint64_t request, std::string packet) {
    post(request, {std::move(packet), [](const Status&, const Word&) {}, false});
}

void WorkerLink::post(uint64_t id, Request request) {
    if (request.packet.size() > wire::MaxPacket) {
        auto placed = requests_.emplace(id, std::move(request)).first;
        return refuse(placed, "the names, headers and credentials are too much for one request");
    }
    bool fresh = !socket_;
    auto packet = request.packet;
    requests_[id] = std::move(request);
    need_worker();
    // A worker that was just started has been told of every open request by greet().
    if (socket_ && !fresh) socket_->send(std::move(packet));
    if (!silence_) watch();
}

/// A worker can be stuck and alive, in a file system that does not answer or in a bug.
void WorkerLink::watch() {
    silence_.reset();
    bool due = std::any_of(requests_.begin(), requests_.end(), [](const auto& r) { return r.second.prompt; });
    if (due && socket_) silence_ = loop_.after(config_.worker_timeout, [this] { silent(); });
}

void WorkerLink::silent() {
    log::error(fmt::format("worker {} has answered nothing for {} ms; it is killed", pid_,
                           config_.worker_timeout.count()));
    kill(pid_, SIGKILL);
    for (auto it = requests_.begin(); it != requests_.end();) {
        auto request = it++;
        if (request->second.prompt && ++request->second.silences == PatientSilences)
            refuse(request, fmt::format("no worker answered within {} ms", config_.worker_timeout.count()));
    }
    // One that the kernel holds may stay for long; it is no longer listened to.
    lost();
}

void WorkerLink::send(const wire::ToWorker& message) {
    if (socket_) socket_->send(message.SerializeAsString());
}

void WorkerLink::need_worker() {
    rest_.reset();
    if (!socket_ && (!respawn_ || deaths_ < PatientDeaths)) spawn();
}

void WorkerLink::spawn() {
    respawn_.reset();
    auto worker = spawn_worker(program_);
    if (!worker) {
        log::error(worker.error().sentence);
        return lost();
    }
    auto pid = pid_ = worker->pid;
    children_[pid] = loop_.on_child_exit(pid, [this, pid](int code, int value) {
        if (code != CLD_EXITED || value != 0)
            log::warning(fmt::format("worker {} died: {}", pid, describe_exit(code, value)));
        children_.erase(pid);
    });
    socket_ = std::make_unique<wire::PacketSocket>(
        loop_, std::move(worker->socket),
        wire::PacketSocket::Handlers{[this](std::string_view packet) { received(packet); },
                                     [this] { lost(); }});
    greet();
}

void WorkerLink::greet() {
    wire::ToWorker hello;
    *hello.mutable_settings() = to_wire(config_);
    send(hello);
    for (const auto& [id, request] : requests_)
        socket_->send(request.packet);
    for (auto& [ticket, packet] : std::exchange(waiting_, {}))
        socket_->send(std::move(packet));
    watch();
}

void WorkerLink::received(std::string_view packet) {
    wire::FromWorker message;
    if (!message.ParseFromArray(packet.data(), static_cast<int>(packet.size()))) {
        log::error("the worker sent a packet that cannot be read; it is cut off");
        return lost();
    }
    dispatch(message);
}

void WorkerLink::dispatch(const wire::FromWorker& message) {
    auto known = [this](Ticket ticket) { return tickets_.contains(ticket); };
    switch (message.kind_case()) {
    case wire::FromWorker::kReady: break;
    case wire::FromWorker::kBegun: {
        const auto& m = message.begun();
        if (known(m.ticket())) listener_.begun(m.ticket(), begun_of(m));
        break;
    }
    case wire::FromWorker::kProgress: {
        const auto& m = message.progress();
        if (known(m.ticket())) listener_.progress(m.ticket(), progress_of(m));
        break;
    }
    case wire::FromWorker::kCheckpoint: {
        const auto& m = message.checkpoint();
        deaths_ = 0;
        if (known(m.ticket())) listener_.checkpointed(m.ticket(), report_of(m));
        break;
    }
    case wire::FromWorker::kFetched: {
        const auto& m = message.fetched();
        deaths_ = 0;
        if (!known(m.ticket())) break;
        tickets_.erase(m.ticket());
        listener_.fetched(m.ticket(), fetched_of(m));
        break;
    }
    case wire::FromWorker::kFailed: {
        const auto& m = message.failed();
        if (!known(m.ticket())) break;
        tickets_.erase(m.ticket());
        listener_.failed(m.ticket(), failure_of(m));
        break;
    }
    case wire::FromWorker::kHalted: {
        auto ticket = message.halted().ticket();
        if (!known(ticket)) break;
        tickets_.erase(ticket);
        listener_.halted(ticket);
        break;
    }
    case wire::FromWorker::kAnswer: answered(message.answer()); break;
    case wire::FromWorker::KIND_NOT_SET:
        log::warning("the worker said something this daemon does not know");
        break;
    }
    rest_if_idle();
}

void WorkerLink::answered(const wire::Answer& answer) {
    auto found = requests_.find(answer.request());
    if (found == requests_.end()) return;
    auto request = std::move(found->second);
    requests_.erase(found);
    deaths_ = 0;
    watch();
    request.answer(status_of(answer), {answer.item(), answer.data(), answer.size()});
}

/// The worker is gone, or there was none to be had. What it was asked is asked again of the next one; its
/// fetches go back to the scheduler, or fail when workers die again and again.
void WorkerLink::lost() {
    // Kept for a turn: it may be the caller.
    later([dead = std::shared_ptr(std::exchange(socket_, nullptr))] {});
    silence_.reset();
    if (idle()) return;
    ++deaths_;
    respawn_ = loop_.after(respawn_delay(deaths_), [this] { spawn(); });
    give_up_requests();
    waiting_.clear();
    for (auto ticket : std::exchange(tickets_, {}))
        later([this, ticket, patient = deaths_ < PatientDeaths] {
            if (patient) return listener_.halted(ticket);
            job::Failure failure;
            failure.error = {job::Cause::WorkerLost, 0, "the worker process died again and again",
                             job::NoFile};
            listener_.failed(ticket, failure);
        });
}

void WorkerLink::give_up_requests() {
    for (auto it = requests_.begin(); it != requests_.end();) {
        auto request = it++;
        if (++request->second.deaths == PatientDeaths)
            refuse(request, "the worker process died again and again");
    }
}

void WorkerLink::refuse(std::map<uint64_t, Request>::iterator request, std::string sentence) {
    later([answer = std::move(request->second.answer), sentence = std::move(sentence)] {
        answer(Error{Errc::Internal, sentence}, {});
    });
    requests_.erase(request);
}

/// Never from inside a call of the owner's: it could not tell yet what the answer is about.
void WorkerLink::later(std::function<void()> call) {
    calls_.push_back(std::move(call));
    if (!calls_due_)
        calls_due_ = loop_.defer([this] {
            calls_due_.reset();
            for (auto& due : std::exchange(calls_, {}))
                due();
            rest_if_idle();
        });
}

/// A worker ends when its socket closes; it costs memory, so it is not kept for nothing.
void WorkerLink::rest_if_idle() {
    if (!idle()) return;
    listener_.rested();
    if (!socket_ || rest_) return;
    rest_ = loop_.after(RestAfter, [this] {
        rest_.reset();
        if (idle()) socket_.reset();
    });
}

} // namespace haulier::daemon
