// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/manager_object.hpp"

#include "base/version.hpp"
#include "daemon/bus/describe.hpp"
#include "daemon/bus/exception_boundary.hpp"
#include "daemon/bus/job_properties.hpp"
#include "daemon/bus/names/names.hpp"
#include "daemon/bus/sdbus/append.hpp"
#include "job/conditions.hpp"
#include "job/memory_usage.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <unistd.h>

namespace haulier::bus {

namespace {

bool matches(const Filter& filter, const Whose& whose, const job::Job& job) {
    if (!whose.includes(job)) return false;
    if (filter.key && *filter.key != job.key) return false;
    return !filter.states || std::find(filter.states->begin(), filter.states->end(),
                                       job::shown_as(job.state)) != filter.states->end();
}

/// Ended jobs are listed only if the caller asks for them.
bool names_final_state(const Filter& filter) {
    return filter.states && std::any_of(filter.states->begin(), filter.states->end(), job::is_final);
}

// Longer lists are cut, because other callers wait while one is made, and because a bus disconnects a sender
// of a message that is too long, in most cases over 32 MiB. A list of few jobs is always complete, so that
// clients need not ask for more.
constexpr size_t JobsInAnyList = 256;
constexpr size_t ValuesInOneList = 6000;
constexpr uint64_t TextInOneList = 1ULL << 20;

/// Of a list of jobs.
class Page {
public:
    [[nodiscard]] bool has_room(const Filter& filter, const job::Job& job, size_t properties) {
        if (filter.limit != 0 && jobs_ >= filter.limit) return false;
        values_ += properties;
        text_ += text_of(job, filter);
        bool is_full = values_ > ValuesInOneList || text_ > TextInOneList;
        return ++jobs_ <= JobsInAnyList || !is_full;
    }

private:
    /// What the list shows of it.
    static uint64_t text_of(const job::Job& job, const Filter& filter) {
        if (filter.properties) return job::memory_size(job) - job::JobOverhead;
        return job.key.size() + job.display_name.size() + (job.error ? job.error->message.size() : 0);
    }

    size_t jobs_ = 0;
    size_t values_ = 0;
    uint64_t text_ = 0;
};

/// A confined caller's identity stays known when the caller has left the bus.
void name_app(job::Request& request, const Caller& caller, const AppIdentity& found) {
    auto app = caller.sandbox ? AppIdentity{caller.app(), job::AppIdSource::Sandbox} : found;
    if (app.id.empty()) return;
    request.app_id = app.id;
    request.app_id_source = app.source;
}

} // namespace

ManagerObject::ManagerObject(sdbus::IConnection& connection, Context& context, PermitObjects& permits)
    : AdaptorInterfaces(connection, sdbus::ObjectPath{RootPath}), context_(context), permits_(permits) {
    registerAdaptor();
}

ManagerObject::~ManagerObject() {
    unregisterAdaptor();
}

void ManagerObject::CreateJob(sdbus::Result<sdbus::ObjectPath, std::string, bool>&& result,
                              std::string display_name, std::string type, Options options) {
    guarded_async(std::move(result), context_, [&](auto owed) {
        auto caller = context_.filter.caller();
        auto command = decode_create(display_name, type, options, context_.manager.limits_of(caller.uid));
        if (!command) return owed->refuse(command.error());
        std::optional<notify::Target> object;
        if (command->notify_object) object = notify::Target{caller.name, *command->notify_object};
        auto& settings = command->request.settings;
        auto service = context_.resolved(settings.get<&job::Settings::notify_service>());
        if (settings.has<&job::Settings::notify_service>())
            settings.set<&job::Settings::notify_service>(service);
        auto request = std::make_shared<job::Request>(std::move(command->request));
        if (caller.sandbox) request->grants = caller.sandbox->grants;
        if (auto ok = check_service(caller, service); !ok) return owed->refuse(ok.error());
        auto create = [=, this](const ProcessIdentity& process) {
            context_.asked();
            name_app(*request, caller, process.app);
            context_.manager.create(caller.uid, request, object, [owed](const Result<daemon::Created>& made) {
                if (!made) return owed->refuse(made.error());
                owed->give(sdbus::ObjectPath{path_of(made->id)}, made->id.hex, made->created);
            });
        };
        context_.peers.need_activatable(service, [=, this](const Status& activatable) {
            context_.asked();
            if (!activatable) return owed->refuse(activatable.error());
            context_.apps.find(caller.name, create);
        });
    });
}

/// For other users a job does not exist.
sdbus::ObjectPath ManagerObject::GetJob(const std::string& id) {
    context_.asked();
    return guarded([&] {
        auto parsed = job::parse_id(id);
        if (!parsed)
            throw to_bus(
                {Errc::InvalidArgument, fmt::format("'{}' is not a job id of 32 lower-case hex digits", id)});
        const auto* entry = context_.manager.find(*parsed);
        auto caller = context_.filter.caller();
        bool visible = entry && seen_by(caller).includes(entry->durable());
        if (!visible || job::is_final(entry->durable().state))
            throw to_bus({Errc::NotFound, fmt::format("there is no job {}", id)});
        return sdbus::ObjectPath{path_of(*parsed)};
    });
}

/// Without asking polkit.
Whose ManagerObject::seen_by(const Caller& caller) const {
    return {context_.authority.knows(caller) ? std::nullopt : std::optional{caller.uid}, caller.app()};
}

void ManagerObject::list(sd_bus_message* reply, const Filter& filter, const Whose& whose) const {
    auto properties = filter.properties ? properties_named(*filter.properties) : listed_properties();
    uint32_t seen = 0;
    Page page;
    append_container(reply, SD_BUS_TYPE_ARRAY, "(oa{sv})", [&] {
        for (const auto* entry : context_.manager.list(names_final_state(filter))) {
            const auto& job = entry->durable();
            if (!matches(filter, whose, job) || seen++ < filter.offset) continue;
            if (!page.has_room(filter, job, properties.size())) break;
            JobView view{*entry,
                         job,
                         context_.manager.today(),
                         {},
                         context_.manager.can_store(),
                         context_.usual_visibility()};
            if (filter.properties) view.object = context_.manager.object_of(job.id);
            append_container(reply, SD_BUS_TYPE_STRUCT, "oa{sv}", [&] {
                append(reply, sdbus::ObjectPath{path_of(job.id)});
                append_values(reply, view, properties);
            });
        }
    });
}

/// sdbus-c++ would take ten times as long to write the reply.
void ManagerObject::ListJobs(sdbus::Result<std::vector<ListedJob>>&& result, Options filter) {
    guarded_async(std::move(result), context_, [&](auto owed) {
        auto wanted = decode_filter(filter);
        if (!wanted) return owed->refuse(wanted.error());
        auto reply = [this, owed, call = context_.filter.call(), wanted = *wanted](const Whose& whose) {
            owed->write(call, [&](sd_bus_message* list_of_jobs) { list(list_of_jobs, wanted, whose); });
        };
        with_scope(owed, wanted->all_users, reply);
    });
}

sdbus::ObjectPath ManagerObject::RequestPermit(const std::string& name, const Options& options) {
    context_.asked();
    return guarded([&] { return unwrap(permits_.request(name, options)); });
}

std::string ManagerObject::DescribeError(const std::string& name, const int32_t& code) {
    context_.asked();
    return guarded([&] { return unwrap(describe_error(name, code)); });
}

/// Never asks for a password. The caller gets the signals of their own jobs at once. On a session bus all
/// connections get the signals anyway.
void ManagerObject::Subscribe(sdbus::Result<>&& result) {
    guarded_async(std::move(result), context_, [&](auto owed) {
        auto caller = context_.filter.caller();
        caller.interactive = false;
        bool system = context_.instance == daemon::Instance::System;
        subscribe({.name = caller.name, .uid = caller.uid, .keeps_daemon = system, .app = caller.app()});
        context_.authority.ask(caller, [this, owed, name = caller.name](AuthorityReply verdict) {
            if (verdict == AuthorityReply::Yes) context_.subscribers.let_see_all(name);
            owed->give();
        });
    });
}

void ManagerObject::subscribe(const Listener& listener) {
    context_.subscribers.add(listener);
    context_.signals.add(listener);
}

/// A password is asked for only if the caller wants to see the jobs of all users.
void ManagerObject::SubscribeWith(sdbus::Result<>&& result, Options options) {
    guarded_async(std::move(result), context_, [&](auto owed) {
        auto wanted = decode_subscription(options);
        if (!wanted) return owed->refuse(wanted.error());
        auto caller = context_.filter.caller();
        bool must_see_all = wanted->all_users.value_or(false);
        caller.interactive = caller.interactive && must_see_all;
        Listener listener{.name = caller.name,
                          .uid = caller.uid,
                          .keeps_daemon = wanted->keep_alive,
                          .with_progress = wanted->progress,
                          .with_facts = true,
                          .app = caller.app()};
        if (!must_see_all) subscribe(listener);
        if (wanted->all_users == false) return owed->give();
        context_.authority.ask(caller, [=, this](AuthorityReply verdict) mutable {
            bool sees_all = verdict == AuthorityReply::Yes;
            if (must_see_all && !sees_all) return owed->refuse(refuse_all_users(verdict));
            listener.sees_all = sees_all;
            if (must_see_all) subscribe(listener);
            if (sees_all) context_.subscribers.let_see_all(listener.name);
            owed->give();
        });
    });
}

void ManagerObject::Unsubscribe() {
    context_.asked();
    guarded([&] { context_.subscribers.remove(context_.filter.caller().name); });
}

std::string ManagerObject::Version() {
    return HAULIER_VERSION;
}

/// docs/features.md explains each word.
std::vector<std::string> ManagerObject::Features() {
    return {"download",
            "upload",
            "upload-reply",
            "tus",
            "checksum",
            "validated-resume",
            "notify-object",
            "notify-service",
            "session-notify-service",
            "key",
            "priorities",
            "ranges",
            "on-demand",
            "mirrors",
            "custom-headers",
            "credentials",
            "client-certificate",
            "certificate-authority",
            "proxies",
            "redirect-policy",
            "network-cost",
            "power-policy",
            "bandwidth-limit",
            "auto-complete",
            "describe-error",
            "file-errors",
            "existing-files",
            "server-name",
            "visibility",
            "app-id",
            "icon",
            "target",
            "subscribe-with",
            "object-manager",
            "progress",
            "activity",
            "list-properties",
            "history",
            "statistics",
            "signals-lost",
            "sandboxes",
            "hold",
            "user-bandwidth-limit",
            "bandwidth-schedule",
            "yield",
            "publish-each",
            "conditional",
            "remove-files",
            "open-file",
            "temporary-directory",
            "client-key",
            "jitter",
            "peers",
            "permit",
            "remote-name-expired",
            "connections"};
}

uint32_t ManagerObject::Jobs() {
    return guarded([&] { return count_for(seen_by(context_.filter.caller())); });
}

uint32_t ManagerObject::count_for(const Whose& whose) const {
    if (!whose.app.empty()) return context_.manager.count_of_app(whose.owner.value_or(getuid()), whose.app);
    return whose.owner ? context_.manager.count(*whose.owner) : context_.manager.count();
}

/// On a session bus, all jobs belong to its user.
ActivityTuple ManagerObject::activity_for(const Whose& whose) const {
    if (!whose.app.empty())
        return encode(context_.manager.activity_of_app(whose.owner.value_or(getuid()), whose.app));
    bool session = context_.instance == daemon::Instance::Session;
    return encode(context_.manager.activity(session ? std::nullopt : whose.owner));
}

ActivityTuple ManagerObject::Activity() {
    return guarded([&] {
        auto caller = context_.filter.caller();
        return activity_for({caller.uid, caller.app()});
    });
}

std::string ManagerObject::Network() {
    return guarded([&] { return std::string{context_.manager.conditions().online ? "online" : "offline"}; });
}

std::string ManagerObject::Metered() {
    return guarded([&] { return std::string{job::to_string(context_.manager.conditions().metered)}; });
}

} // namespace haulier::bus
