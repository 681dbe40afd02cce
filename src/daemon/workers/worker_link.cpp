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

/// After so many failures in a row, what was asked is answered with a failure rather than asked once more.
constexpr uint32_t PatientDeaths = 3;
/// How often a request that no worker answers is made.
constexpr uint32_t PatientSilences = 2;
const std::string DiedAgain = "the worker process died again and again";
const std::string OtherVersion =
    "the worker program is of another version than the daemon, which must be restarted";
constexpr Usec RestAfter{10'000'000};
/// Between two hires, whatever becomes of the first: one that comes only to leave again, and may be no worker
/// at all, must not keep systemd busy.
constexpr Usec LeastBetweenHires{200'000};
/// Nothing of it is known to be durable.
constexpr uint64_t NotBegun = std::numeric_limits<uint64_t>::max();
/// As a power of two, in seconds: so that a caller who waits for a worker hears why there is none before the
/// bus gives the call up, after 25 s.
constexpr uint32_t LongestDelay = 4;

Usec respawn_delay(uint32_t failures) {
    if (failures <= 1) return Usec{0};
    return std::chrono::seconds{1 << std::min(failures - 2, LongestDelay)};
}

} // namespace

WorkerLink::WorkerLink(Loop& loop, const Config& config, WorkerLauncher& launcher, uint32_t owner,
                       WorkerEvents& listener)
    : loop_(loop), config_(config), launcher_(launcher), owner_(owner), listener_(listener) {}

WorkerLink::~WorkerLink() = default;

void WorkerLink::start(Ticket ticket, std::string packet) {
    tickets_[ticket] = NotBegun;
    if (packet.size() > wire::MaxPacket) return refuse(ticket);
    need_worker();
    if (ready_)
        socket_->send(std::move(packet));
    else
        waiting_[ticket] = std::move(packet);
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

void WorkerLink::ask_slowly(uint64_t request, std::string packet, Answer answer) {
    post(request, {std::move(packet), std::move(answer), false});
}

void WorkerLink::post(uint64_t id, Request request) {
    if (request.packet.size() > wire::MaxPacket) {
        auto placed = requests_.emplace(id, std::move(request)).first;
        return refuse(placed, "the names, headers and credentials are too much for one request");
    }
    need_worker();
    if (ready_) socket_->send(request.packet);
    requests_[id] = std::move(request);
    if (!response_timer_) watch();
}

/// A worker can be stuck and alive, in a file system that does not answer or in a bug; or it is none.
void WorkerLink::watch() {
    response_timer_.reset();
    bool due = !ready_ ||
               std::any_of(requests_.begin(), requests_.end(), [](const auto& r) { return r.second.prompt; });
    if (due && socket_) response_timer_ = loop_.after(config_.worker_timeout, [this] { silent(); });
}

/// The same for long business: a fetch may be quiet for long, but its worker is not.
void WorkerLink::schedule_heartbeat() {
    heartbeat_ = loop_.after(config_.worker_timeout, [this] {
        if (ping_ != 0) return silent();
        if (!idle()) {
            wire::ToWorker message;
            message.mutable_ping()->set_request(ping_ = next_request());
            send(message);
        }
        schedule_heartbeat();
    });
}

void WorkerLink::silent() {
    log::error(fmt::format("{} has answered nothing for {} ms; it is killed", name_,
                           config_.worker_timeout.count()));
    launcher_.kill(owner_);
    for (auto it = requests_.begin(); it != requests_.end();) {
        auto request = it++;
        if (request->second.prompt && ++request->second.timeouts == PatientSilences)
            refuse(request, fmt::format("no worker answered within {} ms", config_.worker_timeout.count()));
    }
    // One that the kernel holds may stay for long; it is no longer listened to.
    lost(DiedAgain);
}

void WorkerLink::send(const wire::ToWorker& message) {
    if (ready_) socket_->send(message.SerializeAsString());
}

void WorkerLink::need_worker() {
    rest_.reset();
    if (socket_ || hiring_now_ || lately_hired_) return;
    if (!respawn_ || failures_ < PatientDeaths) launch();
}

void WorkerLink::launch() {
    respawn_.reset();
    hiring_now_ = true;
    lately_hired_ = loop_.after(LeastBetweenHires, [this] {
        lately_hired_.reset();
        if (!idle() && !respawn_) need_worker();
    });
    launcher_.launch(owner_, [this](Result<WorkerConnection> hand) { launched(std::move(hand)); });
}

void WorkerLink::launched(Result<WorkerConnection> hand) {
    hiring_now_ = false;
    if (!hand) return unhired(hand.error().message);
    name_ = hand->name;
    socket_ = std::make_unique<wire::PacketSocket>(
        loop_, std::move(hand->socket),
        wire::PacketSocket::Handlers{[this](std::string_view packet) { received(packet); },
                                     [this] { lost(DiedAgain); }});
    watch();
    rest_if_idle();
}

/// One of another version might take an order for something else. Another launch may bring the right one; not
/// while the daemon is older than its files.
void WorkerLink::on_message(const wire::Ready& ready) {
    if (ready_) return;
    ready_ = ready.protocol() == wire::Protocol;
    if (ready_) return announce_added();
    log::error(fmt::format("{} speaks version {} of the protocol instead of {}; it is dismissed", name_,
                           ready.protocol(), wire::Protocol));
    launcher_.kill(owner_);
    lost(OtherVersion);
}

void WorkerLink::announce_added() {
    send_settings();
    for (const auto& [id, request] : requests_)
        socket_->send(request.packet);
    for (auto& [ticket, packet] : std::exchange(waiting_, {}))
        socket_->send(std::move(packet));
    watch();
    schedule_heartbeat();
}

void WorkerLink::send_settings() {
    wire::ToWorker message;
    *message.mutable_settings() = to_wire(config_);
    send(message);
}

void WorkerLink::received(std::string_view packet) {
    wire::FromWorker message;
    if (!message.ParseFromArray(packet.data(), static_cast<int>(packet.size()))) {
        log::error(fmt::format("{} sent a packet that cannot be read; it is cut off", name_));
        return lost(DiedAgain);
    }
    if (!ready_ && !message.has_ready()) {
        log::error(fmt::format("{} speaks before it has said that it is ready; it is cut off", name_));
        return lost(DiedAgain);
    }
    dispatch(message);
}

void WorkerLink::dispatch(const wire::FromWorker& message) {
    auto known = [this](Ticket ticket) { return tickets_.contains(ticket); };
    switch (message.kind_case()) {
    case wire::FromWorker::kReady: on_message(message.ready()); break;
    case wire::FromWorker::kBegun: {
        const auto& m = message.begun();
        if (!known(m.ticket())) break;
        tickets_[m.ticket()] = m.offset();
        listener_.begun(m.ticket(), begun_of(m));
        break;
    }
    case wire::FromWorker::kProgress: {
        const auto& m = message.progress();
        if (known(m.ticket())) listener_.progress(m.ticket(), progress_of(m));
        break;
    }
    case wire::FromWorker::kCheckpoint: {
        const auto& m = message.checkpoint();
        if (!known(m.ticket())) break;
        if (m.offset() > std::exchange(tickets_[m.ticket()], m.offset())) failures_ = 0;
        listener_.checkpointed(m.ticket(), report_of(m));
        break;
    }
    case wire::FromWorker::kFetched: {
        const auto& m = message.fetched();
        if (!known(m.ticket())) break;
        failures_ = 0;
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
    case wire::FromWorker::kReply: answered(message.reply()); break;
    case wire::FromWorker::KIND_NOT_SET:
        log::warning("the worker said something this daemon does not know");
        break;
    }
    rest_if_idle();
}

void WorkerLink::answered(const wire::Reply& answer) {
    if (answer.request() == ping_) ping_ = 0;
    auto found = requests_.find(answer.request());
    if (found == requests_.end()) return;
    auto request = std::move(found->second);
    requests_.erase(found);
    failures_ = 0;
    watch();
    request.answer(status_of(answer), {answer.item(), answer.data(), answer.size(), call_outcome_of(answer)});
}

/// The worker is gone, or given up: nothing more that it says is reported. What it was asked is asked again
/// of the next one; its fetches go back to the scheduler. When that happens again and again, all of it fails,
/// and that is `why`.
void WorkerLink::lost(const std::string& why) {
    socket_.reset();
    ready_ = false;
    response_timer_.reset();
    heartbeat_.reset();
    ping_ = 0;
    if (idle()) return;
    ++failures_;
    pause();
    for (auto it = requests_.begin(); it != requests_.end();) {
        auto request = it++;
        if (++request->second.failures == PatientDeaths) refuse(request, why);
    }
    if (failures_ >= PatientDeaths) return fail_tickets(why);
    waiting_.clear();
    for (const auto& [ticket, reached] : std::exchange(tickets_, {}))
        later([this, ticket = ticket] { listener_.halted(ticket); });
}

/// There is none to be had, and whoever waits for one hears why.
void WorkerLink::unhired(const std::string& why) {
    journal::no_worker(owner_, why);
    failures_ = std::max(failures_ + 1, PatientDeaths);
    pause();
    while (!requests_.empty())
        refuse(requests_.begin(), why);
    fail_tickets(why);
}

/// Before the next worker.
void WorkerLink::pause() {
    respawn_ = loop_.after(respawn_delay(failures_), [this] {
        respawn_.reset();
        if (!idle()) need_worker();
    });
}

void WorkerLink::fail_tickets(const std::string& why) {
    waiting_.clear();
    job::Failure failure;
    failure.error = {job::Cause::WorkerLost, 0, why, job::NoFile};
    for (const auto& [ticket, reached] : std::exchange(tickets_, {}))
        later([this, ticket = ticket, failure] { listener_.failed(ticket, failure); });
}

void WorkerLink::refuse(std::map<uint64_t, Request>::iterator request, std::string message) {
    later([answer = std::move(request->second.answer), message = std::move(message)] {
        answer(Error{Errc::Internal, message}, {});
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
    listener_.on_idle();
    if (!socket_ || rest_) return;
    rest_ = loop_.after(RestAfter, [this] {
        rest_.reset();
        if (!idle()) return;
        socket_.reset();
        ready_ = false;
        response_timer_.reset();
        heartbeat_.reset();
    });
}

} // namespace haulier::daemon
