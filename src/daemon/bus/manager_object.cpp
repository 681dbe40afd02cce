// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/manager_object.hpp"

#include "daemon/bus/describe.hpp"
#include "daemon/bus/fence.hpp"
#include "daemon/bus/names.hpp"
#include "job/conditions.hpp"
#include "version.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::bus {

namespace {

/// Whose bus this is owns all jobs: `all_users` makes no difference, and nobody need be refused.
bool matches(const Filter& filter, const job::Job& job) {
    if (filter.key && *filter.key != job.key) return false;
    return !filter.states ||
           std::find(filter.states->begin(), filter.states->end(), job.state) != filter.states->end();
}

} // namespace

ManagerObject::ManagerObject(sdbus::IConnection& connection, Context& context)
    : AdaptorInterfaces(connection, RootPath), context_(context) {
    registerAdaptor();
}

ManagerObject::~ManagerObject() {
    unregisterAdaptor();
}

void ManagerObject::emit_properties(const std::vector<std::string>& names) {
    emit_changed(getObject(), INTERFACE_NAME, names);
}

void ManagerObject::CreateJob(sdbus::Result<sdbus::ObjectPath, std::string, bool>&& result,
                              std::string display_name, std::string type, Options options) {
    context_.asked();
    fenced_async(std::move(result), [&](auto owed) {
        auto command = decode_create(display_name, type, options);
        if (!command) return owed->refuse(command.error());
        std::optional<notify::Target> object;
        if (command->notify_object)
            object = notify::Target{sender_of(getObject()), *command->notify_object, false};
        auto request = command->request;
        auto service = request.wishes.notify_service.value_or(job::NotifyService{});
        context_.peers.need_activatable(service.name, [=, this](const Status& activatable) {
            context_.asked();
            if (!activatable) return owed->refuse(activatable.error());
            context_.manager.create(
                context_.owner, request, object, [owed](const Result<daemon::Created>& made) {
                    if (!made) return owed->refuse(made.error());
                    owed->give(sdbus::ObjectPath{path_of(made->id)}, made->id.hex, made->created);
                });
        });
    });
}

sdbus::ObjectPath ManagerObject::GetJob(const std::string& id) {
    context_.asked();
    return fenced([&] {
        auto parsed = job::parse_id(id);
        if (!parsed)
            throw to_bus(
                {Errc::InvalidArgument, fmt::format("'{}' is not a job id of 32 lower-case hex digits", id)});
        const auto* entry = context_.manager.find(*parsed);
        if (!entry || job::is_final(entry->job.state))
            throw to_bus({Errc::NotFound, fmt::format("there is no job {}", id)});
        return sdbus::ObjectPath{path_of(*parsed)};
    });
}

std::vector<ListedJob> ManagerObject::ListJobs(const Options& filter) {
    context_.asked();
    return fenced([&] {
        auto wanted = unwrap(decode_filter(filter));
        std::vector<ListedJob> jobs;
        uint32_t seen = 0;
        for (const auto* entry : context_.manager.list()) {
            if (!matches(wanted, entry->job) || seen++ < wanted.offset) continue;
            if (wanted.limit != 0 && jobs.size() >= wanted.limit) break;
            jobs.emplace_back(sdbus::ObjectPath{path_of(entry->job.id)},
                              encode_summary(*entry, context_.manager.today()));
        }
        return jobs;
    });
}

std::string ManagerObject::DescribeError(const std::string& name, const int32_t& code) {
    context_.asked();
    return fenced([&] { return unwrap(describe(name, code)); });
}

/// Everybody on a session bus gets the signals anyhow.
void ManagerObject::Subscribe() {
    context_.asked();
}

void ManagerObject::Unsubscribe() {
    context_.asked();
}

std::string ManagerObject::Version() {
    return HAULIER_VERSION;
}

/// Explained in docs/features.md, word by word.
std::vector<std::string> ManagerObject::Features() {
    return {"download",
            "upload",
            "upload-reply",
            "tus",
            "checksum",
            "validated-resume",
            "notify-object",
            "notify-service",
            "key",
            "priorities",
            "ranges",
            "on-demand",
            "mirrors",
            "custom-headers",
            "credentials",
            "client-certificate",
            "proxies",
            "redirect-policy",
            "network-cost",
            "power-policy",
            "bandwidth-limit",
            "auto-complete",
            "describe-error"};
}

uint32_t ManagerObject::Jobs() {
    return fenced([&] { return context_.manager.count(); });
}

std::string ManagerObject::Network() {
    return fenced([&] { return std::string{context_.manager.conditions().online ? "online" : "offline"}; });
}

std::string ManagerObject::Metered() {
    return fenced([&] { return std::string{job::to_word(context_.manager.conditions().metered)}; });
}

} // namespace haulier::bus
