// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/managed_objects.hpp"

#include "base/log.hpp"
#include "base/must.hpp"
#include "daemon/bus/exception_boundary.hpp"
#include "daemon/bus/names/names.hpp"
#include "daemon/bus/sdbus/append.hpp"
#include "job/memory_usage.hpp"

#include <cerrno>
#include <systemd/sd-bus.h>

namespace haulier::bus {

namespace {

constexpr uint64_t LargestAnswer = 1ULL << 20;
/// Names and numbers of the properties of a job; the rest of its size is its text.
constexpr uint64_t FixedSize = 1792;

constexpr const char* TooManyObjects =
    "your jobs do not fit into one message of 1 MiB; ListJobs returns them in parts";

void append_object(sd_bus_message* to, const JobView& view,
                   const std::vector<const JobProperty*>& properties) {
    append(to, sdbus::ObjectPath{path_of(view.job.id)});
    append_container(to, SD_BUS_TYPE_ARRAY, "{sa{sv}}", [&] {
        append_container(to, SD_BUS_TYPE_DICT_ENTRY, "sa{sv}", [&] {
            append(to, JobInterface);
            append_values(to, view, properties);
        });
    });
}

void append_objects(sd_bus_message* to, const std::vector<JobView>& jobs) {
    auto properties = all_properties();
    append_container(to, SD_BUS_TYPE_ARRAY, "{oa{sa{sv}}}", [&] {
        for (const auto& job : jobs)
            append_container(to, SD_BUS_TYPE_DICT_ENTRY, "oa{sa{sv}}",
                             [&] { append_object(to, job, properties); });
    });
}

} // namespace

InterfaceValues interfaces_of(const JobView& view) {
    Options values;
    for (const auto& p : job_properties())
        values.emplace(p.name, p.value(view));
    return {{JobInterface, std::move(values)}};
}

/// The object manager of libsystemd itself is only there to be seen in introspection.
ManagedObjects::ManagedObjects(sd_bus* bus, Context& context) : context_(context) {
    must(sd_bus_add_object_manager(bus, &manager_, RootPath.c_str()), "sd_bus_add_object_manager");
    auto on_call = [](sd_bus_message* call, void* self, sd_bus_error*) noexcept {
        return static_cast<ManagedObjects*>(self)->on_call(call);
    };
    must(sd_bus_add_object(bus, &calls_, RootPath.c_str(), on_call, this), "sd_bus_add_object");
}

ManagedObjects::~ManagedObjects() {
    sd_bus_slot_unref(calls_);
    sd_bus_slot_unref(manager_);
}

int ManagedObjects::on_call(sd_bus_message* call) {
    if (sd_bus_message_is_method_call(call, ObjectManagerInterface.c_str(), "GetManagedObjects") <= 0)
        return 0;
    try {
        answer(call);
        return 1;
    } catch (const std::exception& e) {
        log::error(std::string{"managed objects could not be listed: "} + e.what());
        return -EIO;
    }
}

/// The caller is subscribed first, so that they miss no change of what they get.
void ManagedObjects::answer(sd_bus_message* call) {
    context_.asked();
    auto caller = context_.filter.caller();
    auto jobs = jobs_of(caller);
    if (!jobs) {
        sd_bus_reply_method_errorf(call, SD_BUS_ERROR_LIMITS_EXCEEDED, "%s", TooManyObjects);
        return;
    }
    context_.signals.add({.name = caller.name, .uid = caller.uid});
    context_.subscribers.add_for_objects({.name = caller.name,
                                          .uid = caller.uid,
                                          .keeps_daemon = context_.instance == daemon::Instance::System,
                                          .app = caller.app()});
    auto reply = reply_to(call, [&](sd_bus_message* content) { append_objects(content, *jobs); });
    must(sd_bus_send(nullptr, reply.get(), nullptr), "sd_bus_send");
}

std::optional<std::vector<JobView>> ManagedObjects::jobs_of(const Caller& caller) const {
    bool system = context_.instance == daemon::Instance::System;
    const Whose whose{system ? std::optional{caller.uid} : std::nullopt, caller.app()};
    const auto& manager = context_.manager;
    std::vector<JobView> jobs;
    uint64_t size = 0;
    for (const auto* record : manager.list()) {
        const auto& job = record->durable();
        if (!whose.includes(job)) continue;
        JobView view{*record,
                     job,
                     manager.today(),
                     manager.object_of(job.id),
                     manager.can_store(),
                     context_.usual_visibility()};
        size += FixedSize + job::memory_size(job) - job::JobOverhead + job::target_of(view.files()).size();
        if (size > LargestAnswer) return std::nullopt;
        jobs.push_back(std::move(view));
    }
    return jobs;
}

} // namespace haulier::bus
