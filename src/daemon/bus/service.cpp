// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/service.hpp"

#include "base/log.hpp"
#include "daemon/bus/changed_properties.hpp"
#include "daemon/bus/fence.hpp"
#include "daemon/bus/names.hpp"

#include <unistd.h>

namespace haulier::bus {

namespace {

using job::Job;

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
    say([&] { root_.emit_properties({"Jobs"}); });
}

void Service::removed(const daemon::Entry& entry, std::string_view result) {
    const auto& id = entry.job.id;
    say([&] { root_.emitJobRemoved(sdbus::ObjectPath{path_of(id)}, id.hex, std::string{result}); });
    say([&] { root_.emit_properties({"Jobs"}); });
}

void Service::forgotten(const job::Id& id) {
    objects_.drop(id);
}

void Service::changed(const Job& before, const Job& after) {
    sdbus::ObjectPath path{path_of(after.id)};
    emit_properties(after.id, changed_properties(before, after, context_.manager.today()));
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

void Service::ranges_filled(const daemon::Entry& entry, uint32_t index,
                            const std::vector<job::Range>& ranges) {
    emit(entry.job.id, [&](JobObject& o) { o.emitFileRangesTransferred(index, encode(ranges)); });
}

void Service::conditions_changed() {
    say([&] { root_.emit_properties({"Network", "Metered"}); });
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
