// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/job_objects.hpp"

#include "base/log.hpp"
#include "base/must.hpp"
#include "daemon/bus/names/names.hpp"
#include "daemon/bus/node_list.hpp"

#include <string>
#include <systemd/sd-bus.h>
#include <vector>

namespace haulier::bus {

namespace {

/// Enough for the jobs that clients use at the same time, and cheap.
constexpr size_t MaxExported = 32;

} // namespace

JobObjects::JobObjects(Loop& loop, sdbus::IConnection& connection, sd_bus* bus, Context& context)
    : loop_(loop), connection_(connection), context_(context) {
    auto on_call = [](sd_bus_message* call, void* self, sd_bus_error*) noexcept {
        return static_cast<JobObjects*>(self)->introspect(call);
    };
    must(sd_bus_add_object(bus, &parent_, JobsPath.c_str(), on_call, this), "sd_bus_add_object");
}

JobObjects::~JobObjects() {
    sd_bus_slot_unref(parent_);
}

/// For `busctl tree`: lists the jobs of the caller, exported or not.
int JobObjects::introspect(sd_bus_message* call) {
    return reply_with_nodes(call, [this] {
        auto caller = context_.filter.caller();
        bool sees_all = context_.authority.knows(caller);
        const Whose whose{sees_all ? std::nullopt : std::optional{caller.uid}, caller.app()};
        std::vector<std::string> names;
        for (const auto* entry : context_.manager.list())
            if (whose.includes(entry->durable())) names.push_back(entry->durable().id.hex);
        return names;
    });
}

/// If the object cannot be exported, the caller gets the error for an object that does not exist.
void JobObjects::before_dispatch(const job::Id& id) {
    try {
        if (context_.manager.find(id)) of(id);
    } catch (const std::exception& e) {
        log::error(std::string{"a job object cannot be exported: "} + e.what());
    }
}

JobObject& JobObjects::of(const job::Id& id) {
    auto found = objects_.find(id);
    if (found != objects_.end()) {
        recent_.splice(recent_.begin(), recent_, found->second.position);
        return *found->second.object;
    }
    recent_.push_front(id);
    auto& exported = objects_[id];
    exported = {std::make_unique<JobObject>(connection_, id, context_), recent_.begin()};
    // Deferred, because the object to be dropped may be in the middle of a call.
    if (objects_.size() > MaxExported && !surplus_)
        surplus_ = loop_.defer([this] { drop_surplus(); }, EventPriority::Last);
    return *exported.object;
}

void JobObjects::drop_surplus() {
    surplus_.reset();
    while (objects_.size() > MaxExported)
        drop(job::Id{recent_.back()});
}

void JobObjects::drop(const job::Id& id) {
    auto found = objects_.find(id);
    if (found == objects_.end()) return;
    recent_.erase(found->second.position);
    objects_.erase(found);
}

} // namespace haulier::bus
