// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/messenger.hpp"

#include "base/log.hpp"
#include "daemon/bus/codec.hpp"
#include "daemon/bus/names.hpp"
#include "daemon/journal.hpp"
#include "job/check.hpp"

#include <array>
#include <string_view>

namespace haulier::bus {

namespace {

using notify::Verdict;

const char* method_of(const notify::Call& call) {
    if (!call.notice) return call.pieces ? "FileRangesTransferred" : "JobModification";
    switch (call.notice->kind) {
    case job::NoticeKind::Transferred: return "JobTransferred";
    case job::NoticeKind::Error: return "JobError";
    case job::NoticeKind::FileTransferred: return "FileTransferred";
    }
    return "";
}

const char* outcome_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::Acknowledged: return "it has been told";
    case Verdict::Refused: return "it answered with an error";
    case Verdict::Gone: return "it has left, or cannot be started";
    case Verdict::NoSuchObject: return "it has no such object";
    case Verdict::Unanswered: return "it does not answer";
    case Verdict::NoBus: return "its user has no bus";
    }
    return "";
}

daemon::ServiceCall::File told_of(const daemon::Entry& entry, uint32_t index) {
    auto file = encode_file(entry, index);
    return {index, file["RemoteName"].get<std::string>(), file["TemporaryName"].get<std::string>()};
}

/// The arguments after job and id.
void add_arguments(sdbus::MethodCall& message, const job::Notice& notice, const daemon::Entry& entry) {
    switch (notice.kind) {
    case job::NoticeKind::Transferred: break;
    case job::NoticeKind::Error: message << encode(entry.job.error); break;
    case job::NoticeKind::FileTransferred: {
        auto file = told_of(entry, notice.file);
        message << file.index << file.remote << file.temporary;
        break;
    }
    }
}

/// The same for the owner's worker. Only notices are worth starting a service for.
daemon::ServiceCall service_call(const notify::Call& call, const daemon::Entry& entry) {
    const auto& notice = call.notice.value();
    daemon::ServiceCall said;
    said.name = job::bus_name_of(call.target.destination);
    said.path = call.target.path;
    said.job = call.job;
    said.job_path = path_of(call.job);
    said.kind = notice.kind;
    if (notice.kind == job::NoticeKind::Error) said.error = entry.job.error.value_or(job::JobError{});
    if (notice.kind == job::NoticeKind::FileTransferred) said.file = told_of(entry, notice.file);
    return said;
}

void add_arguments(sdbus::MethodCall& message, const notify::Pieces& pieces) {
    message << pieces.file << encode(pieces.ranges);
}

} // namespace

/// A call that waits for its reply. The proxy must not be dropped from inside its own reply handler.
struct Messenger::Pending {
    std::unique_ptr<sdbus::IProxy> proxy;
    std::function<void(const notify::Reply&)> done;
    notify::Reply reply;
    Source settle;
};

Messenger::Messenger(Loop& loop, sdbus::IConnection& connection, daemon::Manager& manager, Usec timeout,
                     std::function<void()> bus_lost)
    : loop_(loop), connection_(connection), manager_(manager), timeout_(timeout),
      bridge_(loop, connection, std::move(bus_lost), {}) {}

Messenger::~Messenger() = default;

void Messenger::call(const notify::Call& call, std::function<void(const notify::Reply&)> done) {
    auto pending = std::make_shared<Pending>();
    pending->done = std::move(done);
    pending_.insert(pending);
    try {
        start(call, pending);
    } catch (const std::exception& e) {
        log::warning(std::string{"a callback could not be sent: "} + e.what());
        pending->reply.verdict = Verdict::Gone;
        settle(pending);
    }
}

void Messenger::start(const notify::Call& call, const std::shared_ptr<Pending>& pending) {
    const auto* entry = manager_.find(call.job);
    if (!entry) throw std::runtime_error("the job is gone");
    if (job::is_in_session(call.target.destination)) return start_in_session(call, *entry, pending);
    pending->proxy = make_proxy(connection_, call.target.destination, call.target.path);
    auto message = create_call(*pending->proxy, CallbackInterface, method_of(call));
    message << sdbus::ObjectPath{path_of(call.job)} << call.job.hex;
    if (call.notice)
        add_arguments(message, *call.notice, *entry);
    else if (call.pieces)
        add_arguments(message, *call.pieces);

    std::weak_ptr<Pending> weak = pending;
    auto handler = [this, weak](const sdbus::MethodReply& reply, CallError error) {
        auto held = weak.lock();
        if (!held) return;
        held->reply.verdict = error ? verdict_of(error->getName()) : Verdict::Acknowledged;
        held->reply.sender = sender_of(reply);
        settle(held);
    };
    call_async(*pending->proxy, message, handler, static_cast<uint64_t>(timeout_.count()));
}

/// Not by us: a user's bus is for the user's processes. Nobody is said to have answered, for their connection
/// is not on our bus and cannot become the callback object.
void Messenger::start_in_session(const notify::Call& call, const daemon::Entry& entry,
                                 const std::shared_ptr<Pending>& pending) {
    auto said = service_call(call, entry);
    said.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(timeout_);
    std::weak_ptr<Pending> weak = pending;
    manager_.call_in_session(entry.job.owner, said, [this, weak](Verdict verdict) {
        auto held = weak.lock();
        if (!held) return;
        held->reply.verdict = verdict;
        settle(held);
    });
}

/// In a turn of its own, as the notifier is promised.
void Messenger::settle(const std::shared_ptr<Pending>& pending) {
    pending->settle = loop_.defer([this, pending] {
        pending_.erase(pending);
        pending->settle.reset();
        pending->done(pending->reply);
    });
}

void Messenger::not_told(const notify::Call& call, Verdict verdict) {
    if (const auto* entry = manager_.find(call.job))
        daemon::journal::not_told(entry->job, call.target.destination, outcome_of(verdict));
}

void Messenger::wake_at(BootTime when) {
    wake_ = loop_.at(when, [this] { notifier_->run(); });
}

} // namespace haulier::bus
