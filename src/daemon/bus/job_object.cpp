// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/job_object.hpp"

#include "daemon/bus/names/names.hpp"
#include "job/validation.hpp"

#include <fmt/core.h>

namespace haulier::bus {

JobObject::JobObject(sdbus::IConnection& connection, job::Id id, Context& context)
    : AdaptorInterfaces(connection, sdbus::ObjectPath{path_of(id)}), id_(std::move(id)), context_(context) {
    registerAdaptor();
}

JobObject::~JobObject() {
    unregisterAdaptor();
}

/// There as long as this object is: the service drops both together.
const daemon::JobRecord& JobObject::entry() const {
    const auto* entry = context_.manager.find(id_);
    if (!entry) throw to_bus({Errc::NotFound, fmt::format("there is no job {}", id_.hex)});
    return *entry;
}

void JobObject::take(const std::string& property, const sdbus::Variant& value) {
    context_.asked();
    guarded([&] {
        job::SettingsPatch wishes;
        unwrap(take_setting(wishes, property, value));
        unwrap(context_.manager.change_now(id_, wishes));
    });
}

void JobObject::Suspend(sdbus::Result<>&& result) {
    later(std::move(result), [&](auto owed) { context_.manager.suspend(id_, answering(owed)); });
}

void JobObject::Resume(sdbus::Result<>&& result) {
    later(std::move(result), [&](auto owed) { context_.manager.resume(id_, answering(owed)); });
}

void JobObject::Cancel(sdbus::Result<>&& result) {
    later(std::move(result), [&](auto owed) { context_.manager.cancel(id_, answering(owed)); });
}

void JobObject::Complete(sdbus::Result<std::string, uint32_t, uint32_t>&& result) {
    later(std::move(result), [&](auto owed) {
        context_.manager.complete(id_, [owed](const Result<job::EndResult>& ended) {
            if (!ended) return owed->refuse(ended.error());
            owed->give(std::string{ended->word()}, ended->kept, ended->dropped);
        });
    });
}

/// The filter lets owners and administrators in; an owner asks for what is theirs already.
void JobObject::TakeOwnership(sdbus::Result<>&& result) {
    later(std::move(result), [&](auto owed) {
        context_.manager.take_ownership(id_, context_.filter.caller().uid, answering(owed));
    });
}

void JobObject::SetNotifyObject(sdbus::Result<>&& result, sdbus::ObjectPath path) {
    later(std::move(result), [&](auto owed) {
        std::optional<notify::Target> object;
        if (path != "/") object = notify::Target{context_.filter.caller().name, path, false};
        context_.manager.set_notify_object(id_, object, answering(owed));
    });
}

void JobObject::SetNotifyService(sdbus::Result<>&& result, std::string name, sdbus::ObjectPath path) {
    later(std::move(result), [&](auto owed) {
        job::SettingsPatch wishes;
        auto service = job::parse_notify_service(name, path);
        if (!service) return owed->refuse(service.error());
        wishes.notify_service = context_.seen_from_here(*service);
        // This object may be gone when the bus has answered; the context is not.
        auto then = [owed, wishes, &context = context_, id = id_,
                     owner = entry().job.owner](const Status& activatable) {
            context.asked();
            if (!activatable) return owed->refuse(activatable.error());
            const auto* now = context.manager.find(id);
            if (now && now->job.owner != owner) return owed->refuse(refuse_job(AuthorityReply::No, id.hex));
            context.manager.change(id, wishes, answering(owed));
        };
        context_.peers.need_activatable(wishes.notify_service->name, then);
    });
}

void JobObject::SetCredentials(sdbus::Result<>&& result, std::string target, std::string scheme,
                               std::string user, std::string password) {
    later(std::move(result), [&](auto owed) {
        auto credentials = decode_credentials(target, scheme);
        if (!credentials) return owed->refuse(credentials.error());
        credentials->user = user;
        credentials->password = password;
        job::SettingsPatch wishes;
        wishes.credentials.push_back(*credentials);
        context_.manager.change(id_, wishes, answering(owed));
    });
}

void JobObject::RemoveCredentials(sdbus::Result<bool>&& result, std::string target, std::string scheme) {
    later(std::move(result), [&](auto owed) {
        auto which = decode_credentials(target, scheme);
        if (!which) return owed->refuse(which.error());
        context_.manager.remove_credentials(id_, which->target, which->scheme, answering(owed));
    });
}

void JobObject::SetCustomHeaders(sdbus::Result<>&& result, std::vector<std::string> lines, bool write_only) {
    later(std::move(result), [&](auto owed) {
        job::SettingsPatch wishes;
        wishes.custom_headers = job::SettingsPatch::Headers{lines, write_only};
        context_.manager.change(id_, wishes, answering(owed));
    });
}

} // namespace haulier::bus
