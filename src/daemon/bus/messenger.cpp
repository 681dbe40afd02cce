// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/messenger.hpp"

#include "base/log.hpp"
#include "daemon/bus/codec.hpp"
#include "daemon/bus/names.hpp"

#include <array>
#include <string_view>

namespace haulier::bus {

namespace {

using notify::Verdict;

constexpr std::string_view Standard = "org.freedesktop.DBus.Error.";

/// What a D-Bus error says about whoever was called.
Verdict verdict_of(std::string_view name) {
    if (name.rfind(Standard, 0) != 0) return Verdict::Refused;
    name.remove_prefix(Standard.size());
    if (name == "NoReply" || name == "Timeout" || name == "TimedOut") return Verdict::Unanswered;
    if (name == "ServiceUnknown" || name == "NameHasNoOwner" || name == "Disconnected" ||
        name.rfind("Spawn.", 0) == 0)
        return Verdict::Gone;
    if (name == "UnknownObject" || name == "UnknownMethod" || name == "UnknownInterface")
        return Verdict::NoSuchObject;
    return Verdict::Refused;
}

const char* method_of(const notify::Call& call) {
    if (!call.notice) return call.pieces ? "FileRangesTransferred" : "JobModification";
    switch (call.notice->kind) {
    case job::NoticeKind::Transferred: return "JobTransferred";
    case job::NoticeKind::Error: return "JobError";
    case job::NoticeKind::FileTransferred: return "FileTransferred";
    }
    return "";
}

/// The arguments after job and id.
void add_arguments(sdbus::MethodCall& message, const job::Notice& notice, const daemon::Entry& entry) {
    switch (notice.kind) {
    case job::NoticeKind::Transferred: break;
    case job::NoticeKind::Error: message << encode(entry.job.error); break;
    case job::NoticeKind::FileTransferred: {
        auto file = encode_file(entry, notice.file);
        message << notice.file << file["RemoteName"].get<std::string>()
                << file["TemporaryName"].get<std::string>();
        break;
    }
    }
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
      bridge_(loop, connection, std::move(bus_lost)) {}

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
    pending->proxy = sdbus::createProxy(connection_, call.target.destination, call.target.path);
    auto message = pending->proxy->createMethodCall(CallbackInterface, method_of(call));
    message << sdbus::ObjectPath{path_of(call.job)} << call.job.hex;
    if (call.notice)
        add_arguments(message, *call.notice, *entry);
    else if (call.pieces)
        add_arguments(message, *call.pieces);

    std::weak_ptr<Pending> weak = pending;
    auto handler = [this, weak](sdbus::MethodReply& reply, const sdbus::Error* error) {
        auto held = weak.lock();
        if (!held) return;
        held->reply.verdict = error ? verdict_of(error->getName()) : Verdict::Acknowledged;
        held->reply.sender = sender_of(reply);
        settle(held);
    };
    pending->proxy->callMethod(message, handler, static_cast<uint64_t>(timeout_.count()));
}

/// In a turn of its own, as the notifier is promised.
void Messenger::settle(const std::shared_ptr<Pending>& pending) {
    pending->settle = loop_.defer([this, pending] {
        pending_.erase(pending);
        pending->settle.reset();
        pending->done(pending->reply);
    });
}

void Messenger::wake_at(BootTime when) {
    wake_ = loop_.at(when, [this] { notifier_->run(); });
}

} // namespace haulier::bus
