// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/job_objects.hpp"

#include "base/log.hpp"
#include "daemon/bus/names.hpp"

#include <cstdlib>
#include <cstring>
#include <system_error>
#include <systemd/sd-bus.h>

namespace haulier::bus {

namespace {

/// More than are ever talked to in one breath, few enough to cost nothing.
constexpr size_t MostExported = 32;

void must(int r, const char* what) {
    if (r < 0) throw std::system_error(-r, std::generic_category(), what);
}

/// The job whose object `path` is, if it looks like one.
std::optional<job::Id> id_in(std::string_view path) {
    static const std::string prefix = RootPath + "/job/";
    if (path.substr(0, prefix.size()) != prefix) return std::nullopt;
    return job::parse_id(path.substr(prefix.size()));
}

/// For introspection (busctl tree): the paths of all jobs, exported or not, as a C array that sd-bus frees.
int list_paths(const Context& context, char*** out) {
    auto jobs = context.manager.list();
    auto** paths = static_cast<char**>(std::calloc(jobs.size() + 1, sizeof(char*)));
    if (!paths) return -ENOMEM;
    for (size_t i = 0; i < jobs.size(); ++i)
        paths[i] = strdup(path_of(jobs[i]->job.id).c_str());
    *out = paths;
    return 1;
}

} // namespace

JobObjects::JobObjects(Loop& loop, sdbus::IConnection& connection, sd_bus* bus, Context& context)
    : loop_(loop), connection_(connection), context_(context) {
    auto on_message = [](sd_bus_message* message, void* self, sd_bus_error*) noexcept {
        const char* path = sd_bus_message_get_path(message);
        bool is_call = sd_bus_message_is_method_call(message, nullptr, nullptr) > 0;
        if (is_call && path) static_cast<JobObjects*>(self)->called(path);
        return 0;
    };
    auto on_introspection = [](sd_bus*, const char*, void* self, char*** paths, sd_bus_error*) noexcept {
        return list_paths(static_cast<JobObjects*>(self)->context_, paths);
    };
    must(sd_bus_add_filter(bus, &filter_, on_message, this), "sd_bus_add_filter");
    must(sd_bus_add_node_enumerator(bus, &names_, (RootPath + "/job").c_str(), on_introspection, this),
         "sd_bus_add_node_enumerator");
}

JobObjects::~JobObjects() {
    sd_bus_slot_unref(filter_);
    sd_bus_slot_unref(names_);
}

/// A call is about to be dispatched. An object that cannot be exported is one that is not there: the caller
/// hears so.
void JobObjects::called(std::string_view path) {
    try {
        if (auto id = id_in(path); id && context_.manager.find(*id)) of(*id);
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
        surplus_ = loop_.defer([this] { drop_surplus(); }, Turn::Last);
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
