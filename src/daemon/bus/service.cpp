// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/service.hpp"

#include "base/log.hpp"
#include "daemon/bus/fence.hpp"
#include "daemon/bus/names.hpp"

#include <array>
#include <unistd.h>

namespace haulier::bus {

namespace {

using job::Job;

/// A property that stands in the job itself, and how to tell that it is another.
struct Watched {
    const char* name;
    bool (*differs)(const Job&, const Job&);
};

constexpr std::array WatchedProperties{
    Watched{"State", [](const Job& a, const Job& b) { return a.state != b.state; }},
    Watched{"WaitReason",
            [](const Job& a, const Job& b) { return !(job::wait_reason(a) == job::wait_reason(b)); }},
    Watched{"DisplayName", [](const Job& a, const Job& b) { return a.display_name != b.display_name; }},
    Watched{"Description", [](const Job& a, const Job& b) { return a.description != b.description; }},
    Watched{"NotifyFlags", [](const Job& a, const Job& b) { return !(a.notify_flags == b.notify_flags); }},
    Watched{"NotifyService",
            [](const Job& a, const Job& b) { return !(a.notify_service == b.notify_service); }},
    Watched{"MinimumNotificationInterval",
            [](const Job& a, const Job& b) {
                return a.minimum_notification_interval != b.minimum_notification_interval;
            }},
    Watched{"FilesTotal", [](const Job& a, const Job& b) { return a.files_total != b.files_total; }},
    Watched{"BytesTotal",
            [](const Job& a, const Job& b) { return a.files_total != b.files_total || a.state != b.state; }},
    Watched{"FilesTransferred",
            [](const Job& a, const Job& b) { return a.files_transferred != b.files_transferred; }},
    // The last word on progress goes out with the state that it led to, not half a second later.
    Watched{"BytesTransferred", [](const Job& a, const Job& b) { return a.state != b.state; }},
    Watched{"TransferCompletionTime",
            [](const Job& a, const Job& b) { return a.transferred_at != b.transferred_at; }},
    Watched{"Error", [](const Job& a, const Job& b) { return !(a.error == b.error); }},
    Watched{"ErrorCount", [](const Job& a, const Job& b) { return a.error_count != b.error_count; }},
    Watched{"MinimumRetryDelay",
            [](const Job& a, const Job& b) { return a.minimum_retry_delay != b.minimum_retry_delay; }},
    Watched{"NoProgressTimeout",
            [](const Job& a, const Job& b) { return a.no_progress_timeout != b.no_progress_timeout; }},
};

bool became(const Job& before, const Job& after, job::State state) {
    return before.state != state && after.state == state && !after.completing;
}

} // namespace

Service::Service(Loop& loop, sdbus::IConnection& connection, daemon::Manager& manager, Events events)
    : connection_(connection), events_(std::move(events)),
      peers_(connection, [this](const std::string& name) { events_.peer_left(name); }),
      context_{manager, peers_, getuid(), [this] { events_.asked(); }},
      bridge_(loop, connection, [this] { events_.bus_lost(); }), root_(connection, context_),
      objects_(loop, connection, peers_.bus_handle(), context_) {}

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

void Service::added(const daemon::Entry& entry) {
    const auto& id = entry.job.id;
    say([&] { root_.emitJobAdded(sdbus::ObjectPath{path_of(id)}, id.hex); });
    say([&] { root_.emit_jobs(); });
}

void Service::removed(const daemon::Entry& entry, std::string_view result) {
    const auto& id = entry.job.id;
    say([&] { root_.emitJobRemoved(sdbus::ObjectPath{path_of(id)}, id.hex, std::string{result}); });
    say([&] { root_.emit_jobs(); });
}

void Service::forgotten(const job::Id& id) {
    objects_.drop(id);
}

void Service::changed(const Job& before, const Job& after) {
    sdbus::ObjectPath path{path_of(after.id)};
    std::vector<std::string> names;
    for (const auto& p : WatchedProperties)
        if (p.differs(before, after)) names.emplace_back(p.name);
    emit_properties(after.id, names);
    if (became(before, after, job::State::Transferred)) {
        emit(after.id, [](JobObject& o) { o.emitTransferred(); });
        say([&] { root_.emitJobTransferred(path, after.id.hex); });
    }
    if (became(before, after, job::State::Error)) {
        emit(after.id, [](JobObject& o) { o.emitFailed(); });
        say([&] { root_.emitJobError(path, after.id.hex); });
    }
}

void Service::progressed(const daemon::Entry& entry) {
    emit_properties(entry.job.id, {"BytesTransferred", "BytesTotal"});
}

void Service::file_transferred(const daemon::Entry& entry, uint32_t index) {
    emit(entry.job.id, [&](JobObject& o) { o.emitFileTransferred(index); });
}

void Service::object_changed(const daemon::Entry& entry) {
    emit_properties(entry.job.id, {"NotifyObject"});
}

void Service::emit_properties(const job::Id& id, const std::vector<std::string>& names) {
    if (!names.empty()) emit(id, [&](JobObject& o) { o.emit_properties(names); });
}

void Service::emit(const job::Id& id, const std::function<void(JobObject&)>& how) {
    say([&] { how(objects_.of(id)); });
}

/// Emitting throws when the bus is gone; the bridge notices that by itself.
void Service::say(const std::function<void()>& how) {
    try {
        how();
    } catch (const std::exception& e) {
        log::debug(std::string{"a signal could not be sent: "} + e.what());
    }
}

} // namespace haulier::bus
