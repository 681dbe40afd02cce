// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/service.hpp"

#include "base/log.hpp"
#include "daemon/bus/changed_properties.hpp"
#include "daemon/bus/names/names.hpp"
#include "daemon/bus/signals.hpp"

#include <optional>

namespace haulier::bus {

namespace {

using job::Job;

std::optional<uint32_t> owner_of(const daemon::JobRecord* entry) {
    if (!entry) return std::nullopt;
    return entry->job.owner;
}

/// What calls bring is mostly there to be kept; so as much as may be kept may be under way.
CallQuota::Load most_of(const daemon::Manager& manager, uint32_t uid) {
    return {manager.most_calls_of(uid), manager.limits_of(uid).text_per_user};
}

/// On a session bus one call a turn, so that others get theirs. On the system bus the filter only lines calls
/// up, of which there may be a flood: many are taken in at once, so that nobody's is found late, and commits
/// have their turns between.
EventBridge::Pace pace_of(daemon::Instance instance) {
    if (instance == daemon::Instance::Session) return {};
    return {EventPriority::Last, 256};
}

bool became(const Job& before, const Job& after, job::State state) {
    return before.state != state && after.state == state && !after.completing;
}

} // namespace

Service::Service(Loop& loop, sdbus::IConnection& connection, daemon::Manager& manager,
                 daemon::Instance instance, Events events)
    : connection_(connection), events_(std::move(events)),
      peers_(connection, [this](const std::string& name) { left(name); }),
      authority_(peers_.bus_handle(), instance), subscribers_(instance),
      filter_(loop, peers_.bus_handle(), instance, authority_,
              {[&manager](const job::Id& id) { return owner_of(manager.find(id)); },
               [this](const job::Id& id) { objects_.called(id); }, [this] { events_.asked(); },
               [&manager](uint32_t uid) { return most_of(manager, uid); }}),
      context_{manager, peers_, filter_, authority_, subscribers_, instance, [this] { events_.asked(); }},
      bridge_(
          loop, connection, [this] { events_.bus_lost(); }, pace_of(instance)),
      root_(connection, context_), objects_(loop, connection, peers_.bus_handle(), context_) {}

Service::~Service() = default;

void Service::take_name() {
    request_name(connection_, BusName);
}

/// When the bus has confirmed the release, every call to the name is already in our queue.
void Service::release_name() {
    bus::release_name(connection_, BusName);
    while (process_one(connection_)) {
    }
}

/// The bridge notifications by itself when the bus is gone.
void Service::say(const std::function<void()>& how) {
    try {
        how();
    } catch (const std::exception& e) {
        log::debug(std::string{"a signal could not be sent: "} + e.what());
    }
}

void Service::left(const std::string& name) {
    filter_.left(name);
    subscribers_.remove(name);
    events_.peer_left(name);
}

/// A signal of the root object about a job.
template <class... Ts>
void Service::say_of(const Job& job, const std::string& member, const Ts&... arguments) {
    emit(root_.object(), ManagerObject::INTERFACE_NAME, member, subscribers_.of_jobs_of(job.owner),
         sdbus::ObjectPath{path_of(job.id)}, job.id.hex, arguments...);
}

/// A signal of the job's own object.
template <class... Ts>
void Service::say_on(const Job& job, const std::string& member, const Ts&... arguments) {
    auto to = subscribers_.of_jobs_of(job.owner);
    if (!to.empty()) emit(objects_.of(job.id).object(), JobObject::INTERFACE_NAME, member, to, arguments...);
}

void Service::tell_values(const Job& job, const std::vector<std::string>& names) {
    auto to = subscribers_.of_jobs_of(job.owner);
    if (names.empty() || to.empty()) return;
    auto& object = objects_.of(job.id);
    emit_values(object.object(), JobObject::INTERFACE_NAME, to, object.values_of(names));
}

/// Everybody counts the jobs that they see.
void Service::tell_counts(const std::vector<Listener>& to) {
    for (const auto& listener : to)
        emit_values(root_.object(), ManagerObject::INTERFACE_NAME, {listener},
                    {{"Jobs", sdbus::Variant{root_.count_for(listener.uid, listener.sees_all)}}});
}

void Service::added(const daemon::JobRecord& entry) {
    say([&] {
        say_of(entry.job, "JobAdded");
        tell_counts(subscribers_.of_jobs_of(entry.job.owner));
    });
}

void Service::removed(const daemon::JobRecord& entry, std::string_view result) {
    say([&] {
        say_of(entry.job, "JobRemoved", std::string{result});
        tell_counts(subscribers_.of_jobs_of(entry.job.owner));
    });
}

void Service::forgotten(const job::Id& id) {
    objects_.drop(id);
}

void Service::changed(const Job& before, const Job& after) {
    say([&] {
        if (before.owner != after.owner) transfer_ownership(before, after);
        tell_values(after, changed_properties(before, after, context_.manager.today()));
        if (became(before, after, job::State::Transferred)) {
            say_on(after, "Transferred");
            say_of(after, "JobTransferred");
        }
        if (became(before, after, job::State::Error)) {
            say_on(after, "Failed");
            say_of(after, "JobError");
        }
    });
}

/// To those who cannot see the job any more it is as if it were removed; to those who see it now, as if it
/// were new.
void Service::transfer_ownership(const Job& before, const Job& after) {
    sdbus::ObjectPath path{path_of(after.id)};
    for (const auto& listener : subscribers_.all()) {
        bool saw = listener.may_see_jobs_of(before.owner);
        bool sees = listener.may_see_jobs_of(after.owner);
        if (saw == sees) continue;
        if (sees)
            emit(root_.object(), ManagerObject::INTERFACE_NAME, "JobAdded", {listener}, path, after.id.hex);
        else
            emit(root_.object(), ManagerObject::INTERFACE_NAME, "JobRemoved", {listener}, path, after.id.hex,
                 std::string{"taken"});
        tell_counts({listener});
    }
}

void Service::wait_reason_changed(const daemon::JobRecord& entry) {
    say([&] { tell_values(entry.job, {"WaitReason"}); });
}

void Service::progressed(const daemon::JobRecord& entry) {
    say([&] { tell_values(entry.job, {"BytesTransferred", "BytesTotal"}); });
}

void Service::file_transferred(const daemon::JobRecord& entry, uint32_t index) {
    say([&] { say_on(entry.job, "FileTransferred", index); });
}

void Service::object_changed(const daemon::JobRecord& entry) {
    say([&] { tell_values(entry.job, {"NotifyObject"}); });
}

void Service::ranges_filled(const daemon::JobRecord& entry, uint32_t index,
                            const std::vector<job::Range>& ranges) {
    say([&] { say_on(entry.job, "FileRangesTransferred", index, encode(ranges)); });
}

void Service::conditions_changed() {
    say([&] {
        emit_values(
            root_.object(), ManagerObject::INTERFACE_NAME, subscribers_.all(),
            {{"Network", sdbus::Variant{root_.Network()}}, {"Metered", sdbus::Variant{root_.Metered()}}});
    });
}

} // namespace haulier::bus
