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

/// Of all whose user is not known yet; enough for many clients at once. Beyond that only those who hold few
/// get room, and not for much.
constexpr CallQuota::Load MostUnknown{4096, 2 * MaxMessageSize};
constexpr size_t MostUnknownOfOne = 256;
constexpr size_t Few = 8;
/// Calls that are dispatched in so much time share a commit; then others than the bus have their turn.
constexpr Usec Slice{10'000};

/// What the filter answers to libsystemd.
constexpr int GoOn = 0;
constexpr int Taken = 1;

bool is_for_us(sd_bus_message* message) {
    const char* path = sd_bus_message_get_path(message);
    return path && sd_bus_message_is_method_call(message, nullptr, nullptr) > 0 && is_ours(path);
}

/// Nobody waits for it if the caller has left; then there is nothing to do about it either.
int refuse(sd_bus_message* message, const Refusal& refusal) {
    const sd_bus_error error{refusal.name.c_str(), refusal.message.c_str(), 0};
    if (int r = sd_bus_reply_method_error(message, &error); r < 0)
        log::debug("a refusal could not be sent: " + std::generic_category().message(-r));
    return Taken;
}

/// What the bus driver answers, if it is the driver that answers.
std::optional<uint32_t> read_uid(sd_bus_message* reply) {
    uint32_t uid = 0;
    if (sd_bus_message_is_method_error(reply, nullptr) || sender_of(reply) != Driver ||
        sd_bus_message_read(reply, "u", &uid) <= 0)
        return std::nullopt;
    return uid;
}

} // namespace

AccessFilter::AccessFilter(Loop& loop, sd_bus* bus, daemon::Instance instance, Authority& authority,
                           Inside inside)
    : loop_(loop), bus_(bus), instance_(instance), authority_(authority), inside_(std::move(inside)) {
    auto on_message = [](sd_bus_message* message, void* self, sd_bus_error*) noexcept {
        try {
            return is_for_us(message) ? static_cast<AccessFilter*>(self)->on_message(message) : GoOn;
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
    if (!message || !is_for_us(message)) throw std::logic_error("nobody is calling");
    return caller_of(message);
}

QuotaTicket AccessFilter::enter() {
    return quota_.enter(caller().uid, dispatched_);
}

Caller AccessFilter::caller_of(sd_bus_message* message) const {
    auto name = sender_of(message);
    bool interactive = sd_bus_message_get_allow_interactive_authorization(message) > 0;
    if (instance_ == daemon::Instance::Session) return {name, getuid(), interactive};
    return {name, peers_.at(name).uid.value(), interactive};
}

int AccessFilter::on_message(sd_bus_message* message) {
    if (instance_ == daemon::Instance::Session) return authorize(message, {});
    if (auto released = take_released(message)) return authorize(message, *released);
    auto name = sender_of(message);
    auto& peer = peers_[name];
    if (!peer.uid) return resolve_user(peer, name, message);
    if (is_over_quota(*peer.uid)) return refuse(message, refuse_over_quota());
    enqueue(*peer.uid, name, {keep(message), message_size(message)});
    return Taken;
}

bool AccessFilter::is_over_quota(uint32_t uid) const {
    return quota_.of(uid).calls >= inside_.most_of(uid).calls;
}

bool AccessFilter::has_room(const Peer& peer, uint64_t weight) const {
    CallQuota::Load all;
    for (const auto& [name, p] : peers_)
        for (const auto& call : p.calls)
            all = {all.calls + 1, all.weight + call.weight};
    if (all.calls >= MostUnknown.calls || all.weight >= MostUnknown.weight)
        return peer.calls.size() < Few && weight <= SmallMessage;
    return peer.calls.size() < MostUnknownOfOne;
}

int AccessFilter::resolve_user(Peer& peer, const std::string& name, sd_bus_message* message) {
    auto weight = message_size(message);
    if (!has_room(peer, weight)) return refuse(message, refuse_over_quota());
    peer.calls.push_back({keep(message), weight});
    if (peer.who) return Taken;
    auto call = new_call(bus_, Driver, "/org/freedesktop/DBus", Driver, "GetConnectionUnixUser");
    if (sd_bus_message_append(call.get(), "s", name.c_str()) >= 0)
        peer.who = AsyncCall{bus_, call, AsyncCall::Patience,
                             [this, name](sd_bus_message* reply) { user_resolved(name, reply); }};
    if (!peer.who) peers_.erase(name);
    return peers_.contains(name) ? Taken : -EIO;
}

/// Whoever cannot be named has left, mostly. Then nobody waits for an answer either.
void AccessFilter::user_resolved(const std::string& name, sd_bus_message* reply) {
    if (auto uid = read_uid(reply)) {
        auto& peer = peers_.at(name);
        peer.uid = uid;
        for (auto& what : std::exchange(peer.calls, {}))
            enqueue(*uid, name, std::move(what));
    } else {
        log::debug("calls of " + name + " are dropped: the bus does not know it");
        peers_.erase(name);
    }
    inside_.settled();
}

/// Who has much under way may still ask small things.
void AccessFilter::enqueue(uint32_t uid, const std::string& name, Weighed what) {
    bool overloaded = what.weight > SmallMessage && quota_.of(uid).weight >= inside_.most_of(uid).weight;
    if (overloaded || is_over_quota(uid)) {
        refuse(what.message.get(), refuse_over_quota());
        return;
    }
    auto place = quota_.enter(uid, what.weight);
    queue_.add(uid, {std::move(what), name, std::move(place), std::nullopt});
    begin_soon();
}

void AccessFilter::begin_soon() {
    if (slice_ || released_ || queue_.empty()) return;
    slice_ = loop_.defer(
        [this] {
            slice_.reset();
            slice_ends_ = SystemClock{}.now().boot + Slice;
            release_next();
        },
        EventPriority::Last);
}

/// One at a time, so that whoever has come meanwhile has the next turn.
void AccessFilter::release_next() {
    while (!released_ && !queue_.empty()) {
        released_ = queue_.next();
        if (sd_bus_enqueue_for_read(bus_, released_->what.message.get()) >= 0) return;
        refuse(released_->what.message.get(), refuse_over_quota());
        released_.reset();
    }
}

std::optional<AccessFilter::Call> AccessFilter::take_released(sd_bus_message* message) {
    if (!released_ || released_->what.message.get() != message) return std::nullopt;
    auto call = std::exchange(released_, std::nullopt);
    SystemClock{}.now().boot < slice_ends_ ? release_next() : begin_soon();
    inside_.settled();
    return call;
}

/// An approval is for the job as it was; if it has another owner by now, polkit is asked again.
int AccessFilter::authorize(sd_bus_message* message, const Call& call) {
    dispatched_ = call.what.weight;
    auto id = id_in(sd_bus_message_get_path(message));
    if (!id) return GoOn;
    auto owner = inside_.owner_of(*id);
    auto caller = caller_of(message);
    bool approved = call.approval && call.approval->owner == owner;
    if (authority_.knows(caller) || approved || decide_access(caller.uid, owner) == Access::Granted) {
        inside_.entered(*id);
        return GoOn;
    }
    authority_.ask(caller, [this, call, caller, id = id->hex, owner](AuthorityReply verdict) {
        authorized(call, caller, id, owner, verdict);
    });
    return Taken;
}

/// It has kept its place meanwhile.
void AccessFilter::authorized(Call call, const Caller& caller, const std::string& id,
                              std::optional<uint32_t> owner, AuthorityReply verdict) {
    if (verdict == AuthorityReply::Yes) {
        call.approval = Approval{owner};
        queue_.add(caller.uid, std::move(call));
        begin_soon();
    } else {
        refuse(call.what.message.get(), refuse_job(verdict, id));
    }
    inside_.settled();
}

void AccessFilter::left(const std::string& name) {
    bool was_busy = busy() || authority_.busy();
    auto is_its = [&](const Call& call) { return call.sender == name; };
    peers_.erase(name);
    queue_.drop_if(is_its);
    if (released_ && is_its(*released_)) released_.reset();
    authority_.left(name);
    begin_soon();
    if (was_busy) inside_.settled();
}

bool AccessFilter::busy() const {
    return !queue_.empty() || released_ ||
           std::any_of(peers_.begin(), peers_.end(), [](const auto& p) { return !p.second.calls.empty(); });
}

} // namespace haulier::bus
