// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/job_objects.hpp"

#include "base/log.hpp"
#include "base/must.hpp"
#include "daemon/bus/names/names.hpp"

#include <cerrno>
#include <fmt/core.h>
#include <string>
#include <systemd/sd-bus.h>
#include <vector>

namespace haulier::bus {

namespace {

/// More than are ever talked to in one breath, few enough to cost nothing.
constexpr size_t MostExported = 32;

constexpr const char* Introspectable = "org.freedesktop.DBus.Introspectable";

std::string describe_folder(const std::vector<std::string>& names) {
    std::string xml = "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n"
                      "\"https://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n<node>\n";
    for (const auto& name : names)
        xml += fmt::format(" <node name=\"{}\"/>\n", name);
    return xml + "</node>\n";
}

} // namespace

JobObjects::JobObjects(Loop& loop, sdbus::IConnection& connection, sd_bus* bus, Context& context)
    : loop_(loop), connection_(connection), context_(context) {
    auto on_call = [](sd_bus_message* call, void* self, sd_bus_error*) noexcept {
        return static_cast<JobObjects*>(self)->introspect(call);
    };
    must(sd_bus_add_object(bus, &folder_, JobsPath.c_str(), on_call, this), "sd_bus_add_object");
}

JobObjects::~JobObjects() {
    sd_bus_slot_unref(folder_);
}

/// For busctl tree: the jobs of the caller, exported or not. libsystemd would list those that are exported,
/// whosever they are.
int JobObjects::introspect(sd_bus_message* call) {
    if (sd_bus_message_is_method_call(call, Introspectable, "Introspect") <= 0) return 0;
    try {
        auto caller = context_.filter.caller();
        std::vector<std::string> names;
        for (const auto* entry : context_.manager.list())
            if (context_.authority.knows(caller) || entry->durable().owner == caller.uid)
                names.push_back(entry->durable().id.hex);
        return sd_bus_reply_method_return(call, "s", describe_folder(names).c_str());
    } catch (const std::exception& e) {
        log::error(std::string{"jobs could not be listed: "} + e.what());
        return -EIO;
    }
}

/// An object that cannot be exported is one that is not there: the caller hears so.
void JobObjects::called(const job::Id& id) {
    try {
        if (context_.manager.find(id)) of(id);
    } catch (const std::exception& e) {
        log::error(std::string{"a job object cannot be exported: "} + e.what());
    }
}

JobObject& JobObjects::of(const job::Id& id) {
    auto found = objects_.find(id);
    if (found != objects_.end()) {
        uses_.splice(uses_.begin(), uses_, found->second.use);
        return *found->second.object;
    }
    uses_.push_front(id);
    auto& exported = objects_[id];
    exported = {std::make_unique<JobObject>(connection_, id, context_), uses_.begin()};
    // Not now: the one to be dropped may be in the middle of a call.
    if (objects_.size() > MostExported && !surplus_)
        surplus_ = loop_.defer([this] { drop_surplus(); }, EventPriority::Last);
    return *exported.object;
}

void JobObjects::drop_surplus() {
    surplus_.reset();
    while (objects_.size() > MostExported)
        drop(job::Id{uses_.back()});
}

void JobObjects::drop(const job::Id& id) {
    auto found = objects_.find(id);
    if (found == objects_.end()) return;
    uses_.erase(found->second.use);
    objects_.erase(found);
}

} // namespace haulier::bus
