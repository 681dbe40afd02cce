// SPDX-License-Identifier: LGPL-2.1-or-later
// What clients ask for. Each command ends in exactly one reply.
#include "daemon/manager/manager.hpp"

#include "daemon/manager/new_id.hpp"

#include <fmt/core.h>
#include <utility>

namespace haulier::daemon {

/// The pure checks come first, because they cost nothing; then the worker's, which may take a moment; then,
/// with what is true by then, the decision.
void Manager::create(uint32_t owner, const Asked& request, const std::optional<notify::Target>& object,
                     const Callback<Created>& reply) {
    auto trial = job::create(job::Id{}, owner, *request, limits_of(owner), clock_.now());
    if (!trial) return reply(trial.error());
    if (request->files.empty()) return create_checked(owner, request, object, reply);
    if (const auto* same = find_key(owner, request->key)) return reply(Created{same->job.id, false});
    validate_with_worker(*trial, 1, check_of, [=, this](const Status& status) {
        if (!status) return reply(status.error());
        create_checked(owner, request, object, reply);
    });
}

void Manager::create_checked(uint32_t owner, const Asked& request,
                             const std::optional<notify::Target>& object, const Callback<Created>& reply) {
    // Makes jobs of the same turn visible, for the key and the limits.
    if (auto status = commits_.flush(); !status) return reply(status.error());
    if (const auto* same = find_key(owner, request->key)) return reply(Created{same->job.id, false});
    auto id = new_id();
    auto decision = job::create(id, owner, *request, limits_of(owner), clock_.now());
    if (!decision) return reply(decision.error());
    if (auto ok = admit(*decision, 1); !ok) return reply(ok.error());
    commits_.stage(std::move(*decision), [=, this](const Status& status) {
        if (!status) return reply(status.error());
        if (object) notifier_->set_object(id, object);
        reply(Created{id, true});
    });
}

const JobRecord* Manager::find_key(uint32_t owner, const std::string& key) const {
    if (key.empty()) return nullptr;
    for (const auto& [id, entry] : jobs_)
        if (entry->job.owner == owner && entry->job.key == key && !job::is_final(entry->job.state))
            return entry.get();
    return nullptr;
}

void Manager::verb(const job::Id& id,
                   const std::function<Result<job::Decision>(const job::Job&, Now)>& decide,
                   const Callback<Done>& reply) {
    auto job = latest(id);
    if (!job) return reply(job.error());
    auto decision = decide(*job, clock_.now());
    if (!decision) return reply(decision.error());
    if (auto ok = admit(*decision); !ok) return reply(ok.error());
    commits_.stage(std::move(*decision), reply);
}

void Manager::suspend(const job::Id& id, const Callback<Done>& reply) {
    verb(id, job::suspend, reply);
}

void Manager::resume(const job::Id& id, const Callback<Done>& reply) {
    // So that the files in memory are the latest.
    if (auto status = commits_.flush(); !status) return reply(status.error());
    const auto* entry = find(id);
    verb(
        id, [&](const job::Job& job, Now now) { return job::resume(job, entry->files, now); }, reply);
}

void Manager::change(const job::Id& id, const job::SettingsPatch& patch, const Callback<Done>& reply) {
    // The name of a reply is held against that of the file, which must be known by then.
    if (patch.has<&job::Settings::reply_file_name>())
        if (auto status = commits_.flush(); !status) return reply(status.error());
    const auto* entry = find(id);
    verb(
        id, [&](const job::Job& job, Now now) { return job::change(job, entry->files, patch, now); }, reply);
}

Status Manager::change_now(const job::Id& id, const job::SettingsPatch& patch) {
    Status outcome = Done{};
    change(id, patch, [&](const Result<Done>& stored) { outcome = stored; });
    if (outcome)
        if (auto flushed = commits_.flush(); !flushed) return flushed;
    return outcome;
}

void Manager::remove_credentials(const job::Id& id, job::Credentials::Target target,
                                 job::Credentials::Scheme scheme, const Callback<bool>& reply) {
    auto job = latest(id);
    if (!job) return reply(job.error());
    auto removed = job::remove_credentials(*job, target, scheme, clock_.now());
    if (!removed) return reply(removed.error());
    commits_.stage(std::move(removed->decision), [reply, found = removed->found](const Status& stored) {
        if (stored) return reply(found);
        reply(stored.error());
    });
}

void Manager::set_notify_object(const job::Id& id, const std::optional<notify::Target>& object,
                                const Callback<Done>& reply) {
    verb(
        id,
        [&](const job::Job& job, Now now) {
            auto again = job::renotify(job, now);
            // Clearing says nothing again.
            if (again && !object) {
                again->notifications.clear();
                again->revoke_notifications = false;
            }
            return again;
        },
        [=, this](const Result<Done>& stored) {
            if (stored) notifier_->set_object(id, object);
            reply(stored);
        });
}

/// Cancel and Complete answer when they are carried out: files deleted or renamed, the job forgotten.
void Manager::end_verb(const job::Id& id, const Callback<job::EndResult>& reply,
                       Result<job::Decision> (*decide)(const job::Job&, Now)) {
    auto job = latest(id);
    if (!job) return reply(job.error());
    auto decision = decide(*job, clock_.now());
    if (!decision) return reply(decision.error());
    record_of(id)->ending = reply;
    commits_.stage(std::move(*decision), [=, this](const Status& stored) {
        if (stored) return;
        record_of(id)->ending = {};
        reply(stored.error());
    });
}

void Manager::cancel(const job::Id& id, const Callback<job::EndResult>& reply) {
    end_verb(id, reply, job::cancel);
}

void Manager::complete(const job::Id& id, const Callback<job::EndResult>& reply) {
    end_verb(id, reply, job::complete);
}

} // namespace haulier::daemon
