// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/access/access_filter.hpp"

#include "base/log.hpp"
#include "daemon/bus/access/message_size.hpp"
#include "daemon/bus/names/names.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <systemd/sd-bus.h>
#include <unistd.h>
#include <utility>

namespace haulier::bus {

namespace {

constexpr const char* Driver = "org.freedesktop.DBus";
constexpr const char* Statistics = "org.freedesktop.DBus.Debug.Stats";

/// Of all calls whose user is not known yet; enough for many clients at once. Beyond that, connections that
/// hold few calls can still make small ones.
constexpr CallQuota::Usage MaxUnresolved{4096, 2 * MaxMessageSize};
constexpr size_t MaxUnresolvedOfPeer = 256;
constexpr size_t FewCalls = 8;
/// Calls dispatched within this time share a commit; then other event sources get their turn.
constexpr Usec Slice{10'000};
constexpr Usec AskAgainAfter{200'000};
/// A caller that could not be examined is examined again at most this often.
constexpr Usec ExamineAgainAfter{1'000'000};

/// Return values of a filter of libsystemd.
constexpr int Continue = 0;
constexpr int Handled = 1;

bool is_for_us(sd_bus_message* message) {
    const char* path = sd_bus_message_get_path(message);
    return path && sd_bus_message_is_method_call(message, nullptr, nullptr) > 0 && is_ours(path);
}

/// Fails if the caller has left the bus; then no one is waiting for the error.
int refuse(sd_bus_message* message, const Refusal& refusal) {
    const sd_bus_error error{refusal.name.c_str(), refusal.message.c_str(), 0};
    if (int r = sd_bus_reply_method_error(message, &error); r < 0)
        log::debug("a refusal could not be sent: " + std::generic_category().message(-r));
    return Handled;
}

/// The reply of the bus driver; nothing if it is an error or comes from another connection.
std::optional<uint32_t> read_uid(sd_bus_message* reply) {
    uint32_t uid = 0;
    if (sd_bus_message_is_method_error(reply, nullptr) || sender_of(reply) != Driver ||
        sd_bus_message_read(reply, "u", &uid) <= 0)
        return std::nullopt;
    return uid;
}

uint64_t size_of_reply(sd_bus_message* call, std::string_view method) {
    return sd_bus_message_get_expect_reply(call) > 0 ? reply_estimate(method) : 0;
}

/// Unread bytes that the bus stores for a connection; nothing if it does not tell.
std::optional<uint64_t> read_unread(sd_bus_message* reply) {
    if (sd_bus_message_is_method_error(reply, nullptr) || sender_of(reply) != Driver ||
        sd_bus_message_enter_container(reply, 'a', "{sv}") <= 0)
        return std::nullopt;
    while (sd_bus_message_enter_container(reply, 'e', "sv") > 0) {
        const char* key = nullptr;
        if (sd_bus_message_read(reply, "s", &key) <= 0) return std::nullopt;
        if (std::string_view{key} == "OutgoingBytes") {
            uint32_t bytes = 0;
            if (sd_bus_message_read(reply, "v", "u", &bytes) <= 0) return std::nullopt;
            return bytes;
        }
        if (sd_bus_message_skip(reply, "v") < 0 || sd_bus_message_exit_container(reply) < 0)
            return std::nullopt;
    }
    return std::nullopt;
}

} // namespace

AccessFilter::AccessFilter(Loop& loop, sd_bus* bus, daemon::Instance instance, Authority& authority,
                           AppFinder& apps, Hooks hooks)
    : loop_(loop), bus_(bus), instance_(instance), authority_(authority), apps_(apps),
      hooks_(std::move(hooks)) {
    auto on_message = [](sd_bus_message* message, void* self, sd_bus_error*) noexcept {
        try {
            return is_for_us(message) ? static_cast<AccessFilter*>(self)->on_message(message) : Continue;
        } catch (const std::exception& e) {
            log::error(std::string{"a call could not be authorized: "} + e.what());
            return -EIO;
        }
    };
    if (int r = sd_bus_add_filter(bus, &filter_, on_message, this); r < 0)
        throw std::system_error(-r, std::generic_category(), "sd_bus_add_filter");
}

AccessFilter::~AccessFilter() {
    sd_bus_slot_unref(filter_);
}

Caller AccessFilter::caller() const {
    auto* message = sd_bus_get_current_message(bus_);
    if (!message || !is_for_us(message)) throw std::logic_error("no call is being dispatched");
    return caller_of(message);
}

Message AccessFilter::call() const {
    return keep(sd_bus_get_current_message(bus_));
}

QuotaTicket AccessFilter::enter() {
    return quota_.enter(caller().uid, dispatched_size_);
}

Caller AccessFilter::caller_of(sd_bus_message* message) const {
    auto name = sender_of(message);
    bool interactive = sd_bus_message_get_allow_interactive_authorization(message) > 0;
    if (instance_ == daemon::Instance::Session) return {name, getuid(), interactive, peers_.at(name).sandbox};
    const auto& peer = peers_.at(name);
    return {name, peer.uid.value(), interactive, peer.sandbox};
}

int AccessFilter::on_message(sd_bus_message* message) {
    if (auto released = take_released(message)) return authorize(message, *released);
    if (instance_ == daemon::Instance::Session) return on_session_message(message);
    auto name = sender_of(message);
    auto& peer = peers_[name];
    if (!peer.uid) return resolve_user(peer, name, message);
    if (is_examined_again(peer)) examine(name, *peer.uid);
    if (is_over_quota(*peer.uid)) return refuse_call(*peer.uid, name, message);
    enqueue(*peer.uid, name, {keep(message), message_size(message)});
    return Handled;
}

/// A call waits only if it, or an earlier one, arrived before the caller was known.
int AccessFilter::on_session_message(sd_bus_message* message) {
    auto name = sender_of(message);
    auto& peer = peers_[name];
    if (peer.queued == 0 && is_examined_again(peer)) peer.uid.reset();
    if (peer.uid && peer.queued == 0) return authorize(message, {});
    auto size = message_size(message);
    if (peer.uid) {
        ++peer.queued;
        queue_.add(*peer.uid, {{keep(message), size}, name, {}, std::nullopt});
        return Handled;
    }
    if (!may_hold_unresolved(peer, size)) return refuse(message, refuse_over_quota());
    peer.calls.push_back({keep(message), size});
    if (peer.calls.size() == 1)
        apps_.find(name, [this, name](const ProcessIdentity& found) { sandbox_known(name, found); });
    return Handled;
}

/// Until the result is known, calls are refused as before.
bool AccessFilter::is_examined_again(Peer& peer) {
    if (!peer.examine_at || SystemClock{}.now().boot < *peer.examine_at) return false;
    peer.examine_at.reset();
    peer.examined = false;
    return true;
}

void AccessFilter::take_identity(Peer& peer, const ProcessIdentity& found) {
    bool is_confined = found.sandbox.kind != Sandbox::Kind::None;
    peer.sandbox = is_confined ? std::make_shared<const Sandbox>(found.sandbox) : nullptr;
    if (!found.is_final) peer.examine_at = SystemClock{}.now().boot + ExamineAgainAfter;
}

/// All jobs of a session bus belong to its user.
void AccessFilter::sandbox_known(const std::string& name, const ProcessIdentity& found) {
    auto known = peers_.find(name);
    if (known == peers_.end()) return; // it has left
    auto& peer = known->second;
    peer.uid = getuid();
    take_identity(peer, found);
    for (auto& content : std::exchange(peer.calls, {})) {
        ++peer.queued;
        queue_.add(*peer.uid, {std::move(content), name, {}, std::nullopt});
    }
    dispatch_soon();
    hooks_.on_progress();
}

bool AccessFilter::is_over_quota(uint32_t uid) const {
    return quota_.of(uid).calls >= hooks_.limits_of(uid).calls;
}

bool AccessFilter::may_hold_unresolved(const Peer& peer, uint64_t size) const {
    CallQuota::Usage all;
    for (const auto& [name, p] : peers_)
        for (const auto& call : p.calls)
            all = {all.calls + 1, all.bytes + call.size};
    if (all.calls >= MaxUnresolved.calls || all.bytes >= MaxUnresolved.bytes)
        return peer.calls.size() < FewCalls && size <= SmallMessage;
    return peer.calls.size() < MaxUnresolvedOfPeer;
}

int AccessFilter::resolve_user(Peer& peer, const std::string& name, sd_bus_message* message) {
    auto size = message_size(message);
    if (!may_hold_unresolved(peer, size)) return refuse(message, refuse_over_quota());
    peer.calls.push_back({keep(message), size});
    if (peer.uid_request) return Handled;
    auto call = new_call(bus_, Driver, "/org/freedesktop/DBus", Driver, "GetConnectionUnixUser");
    if (sd_bus_message_append(call.get(), "s", name.c_str()) >= 0)
        peer.uid_request = AsyncCall{bus_, call, AsyncCall::DefaultTimeout,
                                     [this, name](sd_bus_message* reply) { user_resolved(name, reply); }};
    if (!peer.uid_request) peers_.erase(name);
    return peers_.contains(name) ? Handled : -EIO;
}

/// A connection that the bus does not know has usually left already, and waits for no reply.
void AccessFilter::user_resolved(const std::string& name, sd_bus_message* reply) {
    if (auto uid = read_uid(reply)) {
        auto& peer = peers_.at(name);
        peer.uid = uid;
        examine(name, *uid);
        for (auto& content : std::exchange(peer.calls, {}))
            enqueue(*uid, name, std::move(content));
    } else {
        log::debug("calls of " + name + " are dropped: the bus does not know it");
        peers_.erase(name);
    }
    hooks_.on_progress();
}

/// Meanwhile, the calls of the connection count for its user.
void AccessFilter::examine(const std::string& name, uint32_t uid) {
    if (may_be_confined(uid))
        apps_.find(name, [this, name](const ProcessIdentity& found) { examined(name, found); });
    else
        peers_.at(name).examined = true;
}

void AccessFilter::examined(const std::string& name, const ProcessIdentity& found) {
    auto known = peers_.find(name);
    if (known == peers_.end()) return; // it has left
    auto& peer = known->second;
    peer.examined = true;
    take_identity(peer, found);
    admit_waiting();
    if (counts_unread_ && !peer.waiting.empty() && !ask_again_) ask_what_is_unread();
    hooks_.on_progress();
}

/// A user over the limit on bytes may still make small calls.
void AccessFilter::enqueue(uint32_t uid, const std::string& name, SizedMessage content) {
    bool overloaded = content.size > SmallMessage && quota_.of(uid).bytes >= hooks_.limits_of(uid).bytes;
    if (overloaded || is_over_quota(uid)) {
        refuse_call(uid, name, content.message.get());
        return;
    }
    auto ticket = quota_.enter(uid, content.size);
    HeldCall call{std::move(content), name, std::move(ticket), std::nullopt};
    auto& peer = peers_.at(name);
    bool must_read = counts_unread_ && unread_.must_wait(name, uid);
    if (peer.examined && peer.waiting.empty() && !must_read) return admit(uid, std::move(call));
    peer.waiting.push_back(std::move(call));
    if (must_read && !ask_again_) ask_what_is_unread();
}

/// A caller that does not read its replies gets no more of them.
int AccessFilter::refuse_call(uint32_t uid, const std::string& name, sd_bus_message* message) {
    unread_.add(name, uid, size_of_reply(message, {}));
    if (counts_unread_ && unread_.must_wait(name, uid) && !ask_again_) ask_what_is_unread();
    if (counts_unread_ && unread_.has_too_much_unread(name)) return Handled;
    return refuse(message, refuse_over_quota());
}

void AccessFilter::admit(uint32_t uid, HeldCall call) {
    const char* method = sd_bus_message_get_member(call.content.message.get());
    unread_.add(call.sender, uid, size_of_reply(call.content.message.get(), method ? method : ""));
    queue_.add(uid, std::move(call));
    dispatch_soon();
}

/// dbus-daemon replies at once. As long as calls wait, it is asked again and again.
void AccessFilter::ask_what_is_unread() {
    for (const auto& name : unread_.connections()) {
        auto peer = peers_.find(name);
        if (peer == peers_.end() || peer->second.unread_request) continue;
        auto call = new_call(bus_, Driver, "/org/freedesktop/DBus", Statistics, "GetConnectionStats");
        if (sd_bus_message_append(call.get(), "s", name.c_str()) >= 0)
            peer->second.unread_request =
                AsyncCall{bus_, call, AsyncCall::DefaultTimeout,
                          [this, name](sd_bus_message* reply) { unread_known(name, reply); }};
    }
    ask_again_ = loop_.after(AskAgainAfter, [this] {
        ask_again_.reset();
        bool waits = std::any_of(peers_.begin(), peers_.end(),
                                 [](const auto& peer) { return !peer.second.waiting.empty(); });
        if (waits) ask_what_is_unread();
    });
}

/// dbus-broker has no such statistics, and does not charge unread messages to other users.
void AccessFilter::unread_known(const std::string& name, sd_bus_message* reply) {
    auto request = std::move(peers_.at(name).unread_request); // destroyed when this returns
    if (auto bytes = read_unread(reply))
        unread_.learned(name, *bytes);
    else if (sd_bus_message_is_method_error(reply, nullptr) && sender_of(reply) == Driver &&
             !sd_bus_message_is_method_error(reply, SD_BUS_ERROR_NAME_HAS_NO_OWNER))
        counts_unread_ = false;
    admit_waiting();
}

void AccessFilter::admit_waiting() {
    for (auto& [name, peer] : peers_)
        while (peer.examined && !peer.waiting.empty() &&
               (!counts_unread_ || !unread_.must_wait(name, *peer.uid))) {
            auto call = std::move(peer.waiting.front());
            peer.waiting.pop_front();
            admit(*peer.uid, std::move(call));
        }
}

void AccessFilter::dispatch_soon() {
    if (next_slice_ || released_ || queue_.empty()) return;
    next_slice_ = loop_.defer(
        [this] {
            next_slice_.reset();
            slice_end_ = SystemClock{}.now().boot + Slice;
            release_next();
        },
        EventPriority::Last);
}

/// One at a time, so that a call that arrives meanwhile can have the next turn.
void AccessFilter::release_next() {
    while (!released_ && !queue_.empty()) {
        released_ = queue_.next();
        if (sd_bus_enqueue_for_read(bus_, released_->content.message.get()) >= 0) return;
        refuse(released_->content.message.get(), refuse_over_quota());
        released_.reset();
    }
}

std::optional<AccessFilter::HeldCall> AccessFilter::take_released(sd_bus_message* message) {
    if (!released_ || released_->content.message.get() != message) return std::nullopt;
    auto call = std::exchange(released_, std::nullopt);
    if (auto peer = peers_.find(call->sender); peer != peers_.end() && peer->second.queued > 0)
        --peer->second.queued;
    SystemClock{}.now().boot < slice_end_ ? release_next() : dispatch_soon();
    hooks_.on_progress();
    return call;
}

/// An approval is for the owner that the job had; if it has another owner by now, polkit is asked again.
int AccessFilter::authorize(sd_bus_message* message, const HeldCall& call) {
    dispatched_size_ = call.content.size;
    auto id = id_in(sd_bus_message_get_path(message));
    auto caller = caller_of(message);
    if (caller.sandbox)
        if (auto refusal = refuse_confined(message, caller)) return refuse(message, *refusal);
    if (!id) return Continue;
    const auto* job = hooks_.find_job(*id);
    auto owner = job ? std::optional{job->owner} : std::nullopt;
    bool approved = call.approval && call.approval->owner == owner;
    if (authority_.knows(caller) || approved || decide_access(caller.uid, owner) == Access::Granted) {
        hooks_.before_dispatch(*id);
        return Continue;
    }
    authority_.ask(caller, [this, call, caller, id = id->hex, owner](AuthorityReply reply) {
        authorized(call, caller, id, owner, reply);
    });
    return Handled;
}

std::optional<Refusal> AccessFilter::refuse_confined(sd_bus_message* message, const Caller& caller) const {
    const auto& sandbox = *caller.sandbox;
    if (auto refusal = refuse_sandbox(sandbox)) return refusal;
    std::string_view path = sd_bus_message_get_path(message);
    std::string_view member = sd_bus_message_get_member(message);
    if (path.starts_with(PermitsPath + "/")) return std::nullopt; // each serves its holder alone
    auto id = id_in(path);
    if (!id) return refuse_member(sandbox, member);
    const auto* job = hooks_.find_job(*id);
    bool is_own = job && job->owner == caller.uid && job::belongs_to(*job, sandbox.app);
    if (!is_own) return refuse_unknown_object(path);
    return refuse_job_member(sandbox, *job->grants, member);
}

/// The call has kept its ticket meanwhile.
void AccessFilter::authorized(HeldCall call, const Caller& caller, const std::string& id,
                              std::optional<uint32_t> owner, AuthorityReply reply) {
    if (reply == AuthorityReply::Yes) {
        call.approval = Approval{owner};
        queue_.add(caller.uid, std::move(call));
        dispatch_soon();
    } else {
        refuse(call.content.message.get(), refuse_job(reply, id));
    }
    hooks_.on_progress();
}

void AccessFilter::left(const std::string& name) {
    bool was_busy = busy() || authority_.busy();
    auto is_from_it = [&](const HeldCall& call) { return call.sender == name; };
    peers_.erase(name);
    unread_.remove(name);
    queue_.remove_if(is_from_it);
    if (released_ && is_from_it(*released_)) released_.reset();
    authority_.left(name);
    admit_waiting();
    dispatch_soon();
    if (was_busy) hooks_.on_progress();
}

bool AccessFilter::busy() const {
    return !queue_.empty() || released_ ||
           std::any_of(peers_.begin(), peers_.end(), [](const auto& p) { return p.second.holds_calls(); });
}

} // namespace haulier::bus
