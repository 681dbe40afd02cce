// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/service.hpp"

#include "base/log.hpp"
#include "daemon/bus/job_properties.hpp"
#include "daemon/bus/names/names.hpp"
#include "daemon/bus/signals.hpp"

#include <optional>

namespace haulier::bus {

namespace {

using job::Job;

const Job* job_of(const daemon::JobRecord* record) {
    return record ? &record->durable() : nullptr;
}

/// Those who may see the job.
Audience audience_of(const Job& job) {
    return {job.owner, job.grants ? job.app_id : ""};
}

/// What calls bring is mostly there to be kept; so as much as may be kept may be under way.
CallQuota::Usage call_limits_of(const daemon::Manager& manager, uint32_t uid) {
    return {manager.most_calls_of(uid), manager.limits_of(uid).text_per_user};
}

/// Calls are read last, so that a client that makes one after the other delays nothing else, and many at
/// once, so that they share a commit. On the system bus the filter only queues them, and there may be very
/// many: it reads more at once, so that no user's calls are read late.
EventBridge::Pace pace_of(daemon::Instance instance) {
    return {EventPriority::Last, instance == daemon::Instance::System ? 256 : 32};
}

} // namespace

Service::Service(Loop& loop, sdbus::IConnection& connection, sdbus::IConnection& helper,
                 daemon::Manager& manager, daemon::Instance instance, Events events)
    : connection_(connection), events_(std::move(events)),
      peers_(connection, {[this](const std::string& name) { left(name); }, events_.owner_changed}),
      apps_(peers_.bus_handle(), instance, events_.examine),
      signals_(peers_.bus_handle(), [this](const std::string& name) { tell_lost(name); }),
      authority_(handle_of(helper), instance), subscribers_(instance),
      filter_(loop, peers_.bus_handle(), instance, authority_, apps_,
              {[&manager](const job::Id& id) { return job_of(manager.find(id)); },
               [this](const job::Id& id) { objects_.before_dispatch(id); }, [this] { events_.asked(); },
               [&manager](uint32_t uid) { return call_limits_of(manager, uid); }}),
      descriptors_(loop), context_{manager,    peers_,
                                   apps_,      filter_,
                                   authority_, subscribers_,
                                   signals_,   descriptors_,
                                   instance,   [this] { events_.asked(); }},
      bridge_(
          loop, connection, [this] { events_.bus_lost(); }, pace_of(instance)),
      permits_(loop, connection, peers_.bus_handle(), context_), root_(connection, context_, permits_),
      objects_(loop, connection, peers_.bus_handle(), context_), managed_(peers_.bus_handle(), context_),
      activity_(
          loop, [&manager](uint32_t owner) { return manager.activity(owner); },
          [this](uint32_t owner, const auto& /*activity*/) { tell_activity(owner); }) {}

Service::~Service() = default;

void Service::take_name() {
    request_name(connection_, BusName);
}

/// When the bus confirms the release, every call to the name is already in our queue.
void Service::release_name() {
    bus::release_name(connection_, BusName);
    while (process_one(connection_)) {
    }
}

/// Every signal goes out by itself, so that one that cannot be sent costs no other. That the bus is gone is
/// noticed elsewhere.
template <class Send>
void Service::send(Send send) {
    try {
        send();
    } catch (const sdbus::Error& e) {
        log::debug(std::string{"a signal could not be sent: "} + e.what());
    } catch (const std::exception& e) {
        log::error(std::string{"unexpected failure while a signal was sent: "} + e.what());
    }
}

void Service::left(const std::string& name) {
    filter_.left(name);
    apps_.left(name);
    subscribers_.remove(name);
    permits_.left(name);
    signals_.remove(name);
    events_.peer_left(name);
}

/// A listener that reads again has to read the state of its jobs anew.
void Service::tell_lost(const std::string& name) {
    send([&] { permits_.tell_again(name); });
    if (!subscribers_.contains(name)) return;
    send([&] {
        signals_.emit(root_.object(), ManagerObject::INTERFACE_NAME, "SignalsLost", {Listener{.name = name}});
    });
}

/// A signal of the root object about a job.
template <class... Ts>
void Service::signal_from_manager(const Job& job, const std::vector<Listener>& to, const std::string& member,
                                  const Ts&... arguments) {
    send([&] {
        signals_.emit(root_.object(), ManagerObject::INTERFACE_NAME, member, to,
                      sdbus::ObjectPath{path_of(job.id)}, job.id.hex, arguments...);
    });
}

/// A signal of the job's own object.
template <class... Ts>
void Service::signal_from_job(const Job& job, const std::string& member, const Ts&... arguments) {
    auto to = subscribers_.of_job(audience_of(job));
    if (to.empty()) return;
    send([&] { signals_.emit(objects_.of(job.id).object(), JobInterface, member, to, arguments...); });
}

JobView Service::view_of(const daemon::JobRecord& record, const Job& job) const {
    const auto& manager = context_.manager;
    return {record,
            job,
            manager.today(),
            manager.object_of(job.id),
            manager.can_store(),
            context_.usual_visibility()};
}

/// `values` is called only if there is a listener.
template <class MakeValues>
void Service::properties_changed(const std::vector<Listener>& to, const Job& job, MakeValues values) {
    if (to.empty()) return;
    send([&] {
        const Values changed = values();
        if (!changed.empty()) signals_.emit_values(objects_.of(job.id).object(), JobInterface, to, changed);
    });
}

void Service::properties_changed(const std::vector<Listener>& to, const daemon::JobRecord& record,
                                 std::initializer_list<std::string_view> names) {
    properties_changed(to, record.durable(),
                       [&] { return values_of(view_of(record, record.durable()), names); });
}

/// Each listener counts the jobs that they see.
void Service::job_counts_changed(const std::vector<Listener>& to) {
    for (const auto& listener : to)
        send([&] {
            signals_.emit_values(root_.object(), ManagerObject::INTERFACE_NAME, {listener},
                                 {{"Jobs", sdbus::Variant{root_.count_for(listener.whose())}}});
        });
}

/// Only connections of this user, and on a session bus everyone.
std::vector<Listener> Service::listeners_that_are(uint32_t user) const {
    auto listeners = subscribers_.of_job({user, {}});
    std::erase_if(listeners,
                  [&](const Listener& listener) { return !listener.name.empty() && listener.uid != user; });
    return listeners;
}

/// To those whose jobs these are.
void Service::tell_activity(uint32_t owner) {
    auto to = listeners_that_are(owner);
    if (to.empty()) return;
    send([&] {
        signals_.emit_values(root_.object(), ManagerObject::INTERFACE_NAME, to,
                             {{"Activity", sdbus::Variant{root_.activity_for({owner, {}})}}});
    });
}

void Service::added(const daemon::JobRecord& entry) {
    activity_.note(entry.durable().owner);
    auto audience = audience_of(entry.durable());
    auto to = subscribers_.of_job(audience);
    signal_from_manager(entry.durable(), to, "JobAdded");
    job_counts_changed(to);
    tell_of_new(entry, subscribers_.with_facts_of(audience), subscribers_.with_objects_of(audience));
}

/// Each of these signals has properties of the job, which are read only if someone gets them.
void Service::tell_of_new(const daemon::JobRecord& record, const std::vector<Listener>& with_facts,
                          const std::vector<Listener>& with_objects) {
    const auto& job = record.durable();
    auto view = view_of(record, job);
    if (!with_facts.empty()) signal_from_manager(job, with_facts, "JobAppeared", listed_values(view));
    if (with_objects.empty()) return;
    send([&] {
        signals_.emit(root_.object(), ObjectManagerInterface, "InterfacesAdded", with_objects,
                      sdbus::ObjectPath{path_of(job.id)}, interfaces_of(view));
    });
}

void Service::tell_of_old(const Job& job, const std::vector<Listener>& with_objects) {
    if (with_objects.empty()) return;
    send([&] {
        signals_.emit(root_.object(), ObjectManagerInterface, "InterfacesRemoved", with_objects,
                      sdbus::ObjectPath{path_of(job.id)}, std::vector<std::string>{JobInterface});
    });
}

void Service::removed(const daemon::JobRecord& entry, std::string_view result) {
    activity_.note(entry.durable().owner);
    const auto& job = entry.durable();
    auto audience = audience_of(job);
    auto to = subscribers_.of_job(audience);
    signal_from_manager(job, to, "JobRemoved", std::string{result});
    job_counts_changed(to);
    if (auto facts = subscribers_.with_facts_of(audience); !facts.empty())
        signal_from_manager(job, facts, "JobEnded", std::string{result}, end_values(view_of(entry, job)));
    tell_of_old(job, subscribers_.with_objects_of(audience));
}

void Service::forgotten(const job::Id& id) {
    objects_.drop(id);
}

void Service::changed(const Job& before, const Job& after) {
    for (auto owner : {before.owner, after.owner})
        activity_.note(owner);
    if (before.owner != after.owner) owner_changed(before, after);
    if (const auto* record = context_.manager.find(after.id))
        properties_changed(subscribers_.of_job(audience_of(after)), after,
                           [&] { return changed_values(view_of(*record, before), view_of(*record, after)); });
}

void Service::transfer_ended(const Job& job) {
    bool failed = job.state == job::State::Error;
    signal_from_job(job, failed ? "Failed" : "Transferred");
    signal_from_manager(job, subscribers_.of_job(audience_of(job)), failed ? "JobError" : "JobTransferred");
}

/// For those who cannot see the job any more it was removed; for those who see it now it is new.
void Service::owner_changed(const Job& before, const Job& after) {
    for (const auto& listener : subscribers_.all()) {
        bool saw = listener.may_see(audience_of(before));
        bool sees = listener.may_see(audience_of(after));
        if (saw == sees) continue;
        if (sees)
            signal_from_manager(after, {listener}, "JobAdded");
        else
            signal_from_manager(after, {listener}, "JobRemoved", std::string{"taken"});
        job_counts_changed({listener});
    }
    auto newcomers = subscribers_.with_facts_of(audience_of(after));
    std::erase_if(newcomers, [&](const Listener& l) { return l.may_see(audience_of(before)); });
    tell_of_old(after, subscribers_.with_objects_of(audience_of(before)));
    if (const auto* record = context_.manager.find(after.id))
        tell_of_new(*record, newcomers, subscribers_.with_objects_of(audience_of(after)));
}

void Service::wait_reason_changed(const daemon::JobRecord& entry) {
    properties_changed(subscribers_.of_job(audience_of(entry.durable())), entry, {WaitReasonProperty});
}

void Service::progressed(const daemon::JobRecord& entry, bool resized) {
    activity_.note(entry.durable().owner);
    auto to = subscribers_.of_job(audience_of(entry.durable()));
    std::erase_if(to, [](const Listener& listener) { return !listener.with_progress; });
    if (resized)
        properties_changed(to, entry,
                           {BytesTransferredProperty, BytesTotalProperty, BytesKnownProperty,
                            FilesUnsizedProperty, RateProperty});
    else
        properties_changed(to, entry, {BytesTransferredProperty, BytesTotalProperty, RateProperty});
}

void Service::yielding_changed(const daemon::JobRecord& entry) {
    properties_changed(subscribers_.of_job(audience_of(entry.durable())), entry, {YieldsProperty});
}

void Service::file_transferred(const daemon::JobRecord& entry, uint32_t index) {
    signal_from_job(entry.durable(), "FileTransferred", index);
}

void Service::object_changed(const daemon::JobRecord& entry) {
    properties_changed(subscribers_.of_job(audience_of(entry.durable())), entry, {NotifyObjectProperty});
}

void Service::ranges_filled(const daemon::JobRecord& entry, uint32_t index,
                            const std::vector<job::Range>& ranges) {
    signal_from_job(entry.durable(), "FileRangesTransferred", index, encode(ranges));
}

void Service::conditions_changed() {
    send([&] {
        signals_.emit_values(
            root_.object(), ManagerObject::INTERFACE_NAME, subscribers_.all(),
            {{"Network", sdbus::Variant{root_.Network()}}, {"Metered", sdbus::Variant{root_.Metered()}}});
    });
}

void Service::permit_changed(const job::Permit& permit) {
    send([&] { permits_.changed(permit); });
}

/// To those for whom something has changed.
void Service::holds_changed(const job::Holds& before) {
    for (const auto& listener : subscribers_.all()) {
        auto until = root_.held_for(listener.uid, context_.manager.holds());
        if (until == root_.held_for(listener.uid, before)) continue;
        send([&] {
            signals_.emit_values(root_.object(), ManagerObject::INTERFACE_NAME, {listener},
                                 {{"Held", sdbus::Variant{until.has_value()}},
                                  {"HeldUntil", sdbus::Variant{encode(until.value_or(WallTime{}))}}});
        });
    }
}

void Service::user_bandwidth_changed(uint32_t owner) {
    auto to = listeners_that_are(owner);
    if (to.empty()) return;
    send([&] {
        signals_.emit_values(
            root_.object(), ManagerObject::INTERFACE_NAME, to,
            {{"BandwidthLimit", sdbus::Variant{context_.manager.bandwidth().limit_of(owner)}}});
    });
}

void Service::machine_bandwidth_changed() {
    send([&] {
        signals_.emit_values(root_.object(), ManagerObject::INTERFACE_NAME, subscribers_.all(),
                             {{"MachineLimits", sdbus::Variant{root_.MachineLimits()}}});
    });
}

} // namespace haulier::bus
