// SPDX-License-Identifier: LGPL-2.1-or-later
// What WorkerLink does with the messages of its worker.
#include "base/log.hpp"
#include "daemon/workers/worker_link.hpp"
#include "daemon/workers/worker_messages.hpp"

#include <fmt/core.h>
#include <utility>

namespace haulier::daemon {

namespace {

const std::string OtherVersion =
    "the worker program is of another version than the daemon, which must be restarted";

} // namespace

void WorkerLink::received(std::string_view packet, const SharedFd& descriptor) {
    wire::FromWorker message;
    if (!message.ParseFromArray(packet.data(), static_cast<int>(packet.size()))) {
        log::error(fmt::format("{} sent a packet that cannot be read; it is cut off", name_));
        return lost();
    }
    if (!ready_ && !message.has_ready()) {
        log::error(fmt::format("{} speaks before it has said that it is ready; it is cut off", name_));
        return lost();
    }
    descriptor_ = descriptor;
    dispatch(message);
    if (!std::exchange(descriptor_, {}) || !socket_) return;
    log::error(fmt::format("{} sent a descriptor that was not requested; it is cut off", name_));
    lost();
}

void WorkerLink::dispatch(const wire::FromWorker& message) {
    switch (message.kind_case()) {
    case wire::FromWorker::kReady: handle(message.ready()); break;
    case wire::FromWorker::kBegun: handle(message.begun()); break;
    case wire::FromWorker::kProgress: handle(message.progress()); break;
    case wire::FromWorker::kCheckpoint: handle(message.checkpoint()); break;
    case wire::FromWorker::kFetched: handle(message.fetched()); break;
    case wire::FromWorker::kFailed: handle(message.failed()); break;
    case wire::FromWorker::kHalted: handle(message.halted()); break;
    case wire::FromWorker::kReply: handle(message.reply()); break;
    case wire::FromWorker::kYielding: handle(message.yielding()); break;
    case wire::FromWorker::kGroup: return handle(message.group());
    case wire::FromWorker::KIND_NOT_SET:
        log::warning("the worker said something this daemon does not know");
        break;
    }
    report_if_idle();
}

/// A worker of another version might misunderstand an order. Another launch may start the right one, unless
/// the daemon itself is older than the installed files.
void WorkerLink::handle(const wire::Ready& message) {
    if (ready_) return;
    ready_ = message.protocol() == wire::Protocol;
    if (ready_) return send_backlog();
    log::error(fmt::format("{} speaks version {} of the protocol instead of {}; it is dismissed", name_,
                           message.protocol(), wire::Protocol));
    launcher_.kill(owner_);
    lost(OtherVersion);
}

void WorkerLink::handle(const wire::Yielding& message) {
    on_yielding_(link_rates_of(message));
}

void WorkerLink::send_backlog() {
    send_settings();
    send_limits();
    for (const auto& [number, request] : requests_)
        send(request.packet);
    for (auto& [ticket, packet] : std::exchange(backlog_, {}))
        send(std::move(packet));
    schedule_timeout();
    schedule_heartbeat();
}

/// A message may end this connection, and nothing more of it counts then.
void WorkerLink::handle(const wire::Group& group) {
    for (const auto& message : group.messages())
        if (ready_ && !message.has_group()) dispatch(message);
}

void WorkerLink::handle(const wire::Begun& message) {
    auto found = tickets_.find(message.ticket());
    if (found == tickets_.end()) return;
    found->second = message.offset();
    events_.begun(message.ticket(), begun_of(message));
}

void WorkerLink::handle(const wire::Progress& message) {
    if (tickets_.contains(message.ticket())) events_.progress(message.ticket(), progress_of(message));
}

void WorkerLink::handle(const wire::Checkpoint& message) {
    auto found = tickets_.find(message.ticket());
    if (found == tickets_.end()) return;
    if (message.offset() > std::exchange(found->second, message.offset())) failures_ = 0;
    events_.checkpointed(message.ticket(), report_of(message));
}

void WorkerLink::handle(const wire::Fetched& message) {
    if (tickets_.erase(message.ticket()) == 0) return;
    failures_ = 0;
    events_.fetched(message.ticket(), fetched_of(message));
}

void WorkerLink::handle(const wire::Failed& message) {
    if (tickets_.erase(message.ticket()) > 0) events_.failed(message.ticket(), failure_of(message));
}

void WorkerLink::handle(const wire::Halted& message) {
    if (tickets_.erase(message.ticket()) > 0) events_.halted(message.ticket());
}

void WorkerLink::handle(const wire::Reply& message) {
    if (message.request() == ping_) ping_ = 0;
    auto found = requests_.find(message.request());
    if (found == requests_.end()) return;
    auto request = std::move(found->second);
    requests_.erase(found);
    failures_ = 0;
    schedule_timeout();
    WorkerReply reply{message.item(),
                      message.data(),
                      message.size(),
                      call_outcome_of(message),
                      file_name_of(message.name()),
                      process_of(message)};
    if (std::exchange(request.descriptors, {})) {
        reply.descriptor = std::exchange(descriptor_, {});
        accept_descriptors();
    }
    request.on_reply(status_of(message), reply);
}

} // namespace haulier::daemon
