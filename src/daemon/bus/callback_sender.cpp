// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/callback_sender.hpp"

#include "base/log.hpp"
#include "daemon/bus/codec.hpp"
#include "daemon/bus/names/names.hpp"
#include "daemon/common/journal.hpp"
#include "job/validation.hpp"

#include <array>
#include <string_view>

namespace haulier::bus {

namespace {

const char* method_of(const notify::Call& call) {
    if (!call.notification) return call.pieces ? "FileRangesTransferred" : "JobModification";
    switch (call.notification->kind) {
    case job::NotificationKind::Transferred: return "JobTransferred";
    case job::NotificationKind::Error: return "JobError";
    case job::NotificationKind::FileTransferred: return "FileTransferred";
    }
    return "";
}

const char* explanation_of(CallOutcome outcome) {
    switch (outcome) {
    case CallOutcome::Acknowledged: return "it has been told";
    case CallOutcome::Refused: return "it answered with an error";
    case CallOutcome::Gone: return "it has left, or cannot be started";
    case CallOutcome::NoSuchObject: return "it has no such object";
    case CallOutcome::Unanswered: return "it does not answer";
    case CallOutcome::NoBus: return "its user has no bus";
    }
    return "";
}

daemon::ServiceCall::File told_of(const daemon::JobRecord& entry, uint32_t index) {
    auto file = encode_file(entry, index);
    return {index, file["RemoteName"].get<std::string>(), file["TemporaryName"].get<std::string>()};
}

/// The arguments after job and id.
void add_arguments(sdbus::MethodCall& message, const job::Notification& notification,
                   const daemon::JobRecord& entry) {
    switch (notification.kind) {
    case job::NotificationKind::Transferred: break;
    case job::NotificationKind::Error: message << encode(entry.durable().error); break;
    case job::NotificationKind::FileTransferred: {
        auto file = told_of(entry, notification.file);
        message << file.index << file.remote << file.temporary;
        break;
    }
    }
}

/// The same for the owner's worker. Only notifications are worth starting a service for.
daemon::ServiceCall service_call(const notify::Call& call, const daemon::JobRecord& entry) {
    const auto& notification = call.notification.value();
    daemon::ServiceCall said;
    said.name = job::bus_name_of(call.target.destination);
    said.path = call.target.path;
    said.job = call.job;
    said.job_path = path_of(call.job);
    said.kind = notification.kind;
    if (notification.kind == job::NotificationKind::Error)
        said.error = entry.durable().error.value_or(job::JobError{});
    if (notification.kind == job::NotificationKind::FileTransferred)
        said.file = told_of(entry, notification.file);
    return said;
}

void add_arguments(sdbus::MethodCall& message, const notify::FilledRanges& pieces) {
    message << pieces.file << encode(pieces.ranges);
}

} // namespace

/// A call that waits for its reply. The proxy must not be dropped from inside its own reply handler.
struct CallbackSender::Pending {
    std::unique_ptr<sdbus::IProxy> proxy;
    std::function<void(const notify::Reply&)> done;
    notify::Reply reply;
    Source settle;
};

CallbackSender::CallbackSender(Loop& loop, sdbus::IConnection& connection, daemon::Manager& manager,
                               Usec timeout, std::function<void()> bus_lost)
    : loop_(loop), connection_(connection), manager_(manager), timeout_(timeout),
      bridge_(loop, connection, std::move(bus_lost), {}) {}

CallbackSender::~CallbackSender() = default;

void CallbackSender::call(const notify::Call& call, std::function<void(const notify::Reply&)> done) {
    auto pending = std::make_shared<Pending>();
    pending->done = std::move(done);
    pending_.insert(pending);
    try {
        start(call, pending);
    } catch (const std::exception& e) {
        log::warning(std::string{"a callback could not be sent: "} + e.what());
        pending->reply.verdict = CallOutcome::Gone;
        settle(pending);
    }
}

void CallbackSender::start(const notify::Call& call, const std::shared_ptr<Pending>& pending) {
    const auto* entry = manager_.find(call.job);
    if (!entry) throw std::runtime_error("the job is gone");
    if (job::is_in_session(call.target.destination)) return start_in_session(call, *entry, pending);
    pending->proxy = make_proxy(connection_, call.target.destination, call.target.path);
    auto message = create_call(*pending->proxy, CallbackInterface, method_of(call));
    message << sdbus::ObjectPath{path_of(call.job)} << call.job.hex;
    if (call.notification)
        add_arguments(message, *call.notification, *entry);
    else if (call.pieces)
        add_arguments(message, *call.pieces);

    std::weak_ptr<Pending> weak = pending;
    auto handler = [this, weak](const sdbus::MethodReply& reply, CallError error) {
        auto held = weak.lock();
        if (!held) return;
        held->reply.verdict = error ? call_outcome_of(error->getName()) : CallOutcome::Acknowledged;
        held->reply.sender = sender_of(reply);
        settle(held);
    };
    call_async(*pending->proxy, message, handler, static_cast<uint64_t>(timeout_.count()));
}

/// Not by us: a user's bus is for the user's processes. Nobody is said to have answered, for their connection
/// is not on our bus and cannot become the callback object.
void CallbackSender::start_in_session(const notify::Call& call, const daemon::JobRecord& entry,
                                      const std::shared_ptr<Pending>& pending) {
    auto said = service_call(call, entry);
    said.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(timeout_);
    std::weak_ptr<Pending> weak = pending;
    manager_.call_in_session(entry.durable().owner, said, [this, weak](CallOutcome verdict) {
        auto held = weak.lock();
        if (!held) return;
        held->reply.verdict = verdict;
        settle(held);
    });
}

/// In a turn of its own, as the notifier is promised.
void CallbackSender::settle(const std::shared_ptr<Pending>& pending) {
    pending->settle = loop_.defer([this, pending] {
        pending_.erase(pending);
        pending->settle.reset();
        pending->done(pending->reply);
    });
}

void CallbackSender::delivery_failed(const notify::Call& call, CallOutcome verdict) {
    if (const auto* entry = manager_.find(call.job))
        daemon::journal::delivery_failed(entry->durable(), call.target.destination, explanation_of(verdict));
}

void CallbackSender::wake_at(BootTime when) {
    wake_ = loop_.at(when, [this] { notifier_->run(); });
}

} // namespace haulier::bus
