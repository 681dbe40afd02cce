// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/job_object.hpp"

#include "daemon/bus/names/names.hpp"
#include "job/settings_patch.hpp"
#include "job/validation.hpp"

#include <fmt/core.h>

namespace haulier::bus {

namespace {

/// A member function as a handler of calls.
template <class Self, class Answer, class... Arguments>
auto handler(Self* self, Answer (Self::*function)(Arguments...)) {
    return [self, function](Arguments... arguments) -> Answer {
        return (self->*function)(std::forward<Arguments>(arguments)...);
    };
}

} // namespace

JobObject::JobObject(sdbus::IConnection& connection, job::Id id, Context& context)
    : id_(std::move(id)), context_(context),
      object_(sdbus::createObject(connection, sdbus::ObjectPath{path_of(id_)})) {
    Interface job{*object_, JobInterface};
    export_verbs(job);
    export_files(job);
    export_properties(job);
    job.finish();
}

void JobObject::export_verbs(Interface& job) {
    job.method("Suspend", {}, {}, handler(this, &JobObject::suspend));
    job.method("Resume", {}, {}, handler(this, &JobObject::resume));
    job.method("Cancel", {}, {}, handler(this, &JobObject::cancel));
    job.method("Complete", {}, {"result", "kept", "dropped"}, handler(this, &JobObject::complete));
    job.method("TakeOwnership", {}, {}, handler(this, &JobObject::take_ownership));
    job.method("SetNotifyObject", {"path"}, {}, handler(this, &JobObject::set_notify_object));
    job.method("SetNotifyService", {"name", "path"}, {}, handler(this, &JobObject::set_notify_service));
    job.method("SetCredentials", {"target", "scheme", "user", "password"}, {},
               handler(this, &JobObject::set_credentials));
    job.method("RemoveCredentials", {"target", "scheme"}, {"removed"},
               handler(this, &JobObject::remove_credentials));
    job.method("SetCustomHeaders", {"lines", "write_only"}, {},
               handler(this, &JobObject::set_custom_headers));
    job.signal("Transferred", "", {});
    job.signal("Failed", "", {});
}

void JobObject::export_files(Interface& job) {
    job.method("AddFile", {"remote", "local"}, {"index"}, handler(this, &JobObject::add_file));
    job.method("AddFiles", {"files"}, {"first"}, handler(this, &JobObject::add_files));
    job.method("ListFiles", {"offset", "limit"}, {"files"}, handler(this, &JobObject::list_files));
    job.method("ListActiveFiles", {}, {"files"}, handler(this, &JobObject::list_active_files));
    job.method("SetRemoteName", {"index", "remote"}, {}, handler(this, &JobObject::set_remote_name));
    job.method("ReplaceRemotePrefix", {"old_prefix", "new_prefix"}, {"changed"},
               handler(this, &JobObject::replace_remote_prefix));
    job.method("CompleteFiles", {"indexes"}, {"kept"}, handler(this, &JobObject::complete_files));
    job.method("RemoveFiles", {"indexes"}, {}, handler(this, &JobObject::remove_files));
    job.method("OpenFile", {"index"}, {"file"}, handler(this, &JobObject::open_file));
    job.method("SetValidationState", {"index", "valid"}, {}, handler(this, &JobObject::set_validation_state));
    job.method("RequestFileRanges", {"index", "ranges"}, {}, handler(this, &JobObject::request_file_ranges));
    job.method("GetFilledFileRanges", {"index"}, {"ranges"},
               handler(this, &JobObject::get_filled_file_ranges));
    job.method("UpdateDownloadPosition", {"index", "offset"}, {},
               handler(this, &JobObject::update_download_position));
    job.method("GetReplyData", {}, {"data"}, handler(this, &JobObject::get_reply_data));
    job.signal("FileTransferred", "u", {"index"});
    job.signal("FileRangesTransferred", "ua(tt)", {"index", "ranges"});
}

void JobObject::export_properties(Interface& job) {
    for (const auto& property : job_properties()) {
        auto get = [this, &property](sdbus::PropertyGetReply& reply) {
            context_.asked();
            guarded([&] { property.answer(reply, view()); });
        };
        if (property.take)
            job.property(property.name, property.signature, property.emits, get,
                         [this, &property](sdbus::PropertySetCall& call) { set(property, call); });
        else
            job.property(property.name, property.signature, property.emits, get);
    }
}

/// The service drops the record and this object together.
const daemon::JobRecord& JobObject::entry() const {
    const auto* entry = context_.manager.find(id_);
    if (!entry) throw to_bus({Errc::NotFound, fmt::format("there is no job {}", id_.hex)});
    return *entry;
}

JobView JobObject::view() const {
    const auto& record = entry();
    const auto& manager = context_.manager;
    return {record,
            record.durable(),
            manager.today(),
            manager.object_of(id_),
            manager.can_store(),
            context_.usual_visibility()};
}

void JobObject::set(const JobProperty& property, sdbus::PropertySetCall& call) {
    context_.asked();
    guarded([&] {
        job::SettingsPatch patch;
        if (auto ok = property.take(patch, call); !ok) throw to_bus(ok.error());
        unwrap(context_.manager.change_now(id_, patch));
    });
}

void JobObject::suspend(sdbus::Result<>&& result) {
    later(std::move(result), [&](auto owed) { context_.manager.suspend(id_, answering(owed)); });
}

void JobObject::resume(sdbus::Result<>&& result) {
    later(std::move(result), [&](auto owed) { context_.manager.resume(id_, answering(owed)); });
}

void JobObject::cancel(sdbus::Result<>&& result) {
    later(std::move(result), [&](auto owed) { context_.manager.cancel(id_, answering(owed)); });
}

void JobObject::complete(sdbus::Result<std::string, uint32_t, uint32_t>&& result) {
    later(std::move(result), [&](auto owed) {
        context_.manager.complete(id_, [owed](const Result<job::EndResult>& ended) {
            if (!ended) return owed->refuse(ended.error());
            owed->give(std::string{ended->word()}, ended->kept, ended->dropped);
        });
    });
}

/// The filter admits owners and administrators; for an owner nothing changes.
void JobObject::take_ownership(sdbus::Result<>&& result) {
    later(std::move(result), [&](auto owed) {
        context_.manager.take_ownership(id_, context_.filter.caller().uid, answering(owed));
    });
}

void JobObject::set_notify_object(sdbus::Result<>&& result, sdbus::ObjectPath path) {
    later(std::move(result), [&](auto owed) {
        std::optional<notify::Target> object;
        if (path != "/") object = notify::Target{context_.filter.caller().name, path};
        context_.manager.set_notify_object(id_, object, answering(owed));
    });
}

void JobObject::set_notify_service(sdbus::Result<>&& result, std::string name, sdbus::ObjectPath path) {
    later(std::move(result), [&](auto owed) {
        auto parsed = job::parse_notify_service(name, path);
        if (!parsed) return owed->refuse(parsed.error());
        auto service = context_.resolved(*parsed);
        if (auto ok = check_service(context_.filter.caller(), service); !ok) return owed->refuse(ok.error());
        job::SettingsPatch patch;
        patch.set<&job::Settings::notify_service>(service);
        // This object may be gone when the bus has replied; the context is not.
        auto then = [owed, patch, &context = context_, id = id_,
                     owner = entry().durable().owner](const Status& activatable) {
            context.asked();
            if (!activatable) return owed->refuse(activatable.error());
            const auto* now = context.manager.find(id);
            if (now && now->durable().owner != owner)
                return owed->refuse(refuse_job(AuthorityReply::No, id.hex));
            context.manager.change(id, patch, answering(owed));
        };
        context_.peers.need_activatable(service, then);
    });
}

void JobObject::set_credentials(sdbus::Result<>&& result, std::string target, std::string scheme,
                                std::string user, std::string password) {
    later(std::move(result), [&](auto owed) {
        auto credentials = decode_credentials(target, scheme);
        if (!credentials) return owed->refuse(credentials.error());
        credentials->user = user;
        credentials->password = password;
        job::SettingsPatch patch;
        patch.set<&job::Settings::http, &job::Http::credentials>({*credentials});
        context_.manager.change(id_, patch, answering(owed));
    });
}

void JobObject::remove_credentials(sdbus::Result<bool>&& result, std::string target, std::string scheme) {
    later(std::move(result), [&](auto owed) {
        auto which = decode_credentials(target, scheme);
        if (!which) return owed->refuse(which.error());
        context_.manager.remove_credentials(id_, which->target, which->scheme, answering(owed));
    });
}

void JobObject::set_custom_headers(sdbus::Result<>&& result, std::vector<std::string> lines,
                                   bool write_only) {
    later(std::move(result), [&](auto owed) {
        job::SettingsPatch patch;
        patch.set<&job::Settings::http, &job::Http::headers>(lines);
        patch.set<&job::Settings::http, &job::Http::headers_write_only>(write_only);
        context_.manager.change(id_, patch, answering(owed));
    });
}

} // namespace haulier::bus
