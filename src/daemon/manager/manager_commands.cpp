// SPDX-License-Identifier: LGPL-2.1-or-later
// Commands about jobs. Each ends in exactly one reply.
#include "daemon/manager/manager.hpp"

#include "daemon/manager/new_id.hpp"

#include <utility>

namespace haulier::daemon {

namespace {

KeyName key_name(uint32_t owner, const job::Request& request) {
    return {owner, request.grants ? request.app_id : "", request.key};
}

} // namespace

/// The pure checks come first, because they cost nothing; then those of the worker, which may take a while;
/// then the decision, with what is true by then.
void Manager::create(uint32_t owner, const SharedRequest& request,
                     const std::optional<notify::Target>& object, const Callback<Created>& reply) {
    auto trial = job::create(job::Id{}, owner, *request, limits_of(owner), clock_.now());
    if (!trial) return reply(trial.error());
    bool exists = jobs_.find_key(key_name(owner, *request)) != nullptr;
    if (request->files.empty() || exists) return create_checked(owner, request, object, reply);
    validation_.check(std::move(*trial), check_of, [=, this](const Status& status) {
        if (!status) return reply(status.error());
        create_checked(owner, request, object, reply);
    });
}

void Manager::create_checked(uint32_t owner, const SharedRequest& request,
                             const std::optional<notify::Target>& object, const Callback<Created>& reply) {
    auto reply_with = [reply](const Created& created) {
        return [reply, created](const Status& stored) {
            if (stored) return reply(created);
            reply(stored.error());
        };
    };
    if (const auto* same = jobs_.find_key(key_name(owner, *request)))
        return commits_.after_commit(reply_with({same->working().id, false}));
    auto id = new_id();
    auto decision = job::create(id, owner, *request, limits_of(owner), clock_.now());
    if (!decision) return reply(decision.error());
    request->files = {};
    if (auto ok = admission_.admit(*decision); !ok) return reply(ok.error());
    decision->job.clocks.bar = scheduler_.bar_of(decision->job);
    decision->job.clocks.barred_since = clock_.now().boot;
    commits_.stage(std::move(*decision), [=, this, then = reply_with({id, true})](const Status& stored) {
        if (stored && object) announcer_.notifier().set_object(id, object);
        then(stored);
    });
}

void Manager::decide(const job::Id& id, const DecideJob& decision, const Callback<Done>& reply) {
    const auto* record = jobs_.find(id);
    if (!record) return reply(not_found(id));
    auto decided = decision(*record, clock_.now());
    if (!decided) return reply(decided.error());
    if (auto ok = admission_.admit(*decided); !ok) return reply(ok.error());
    commits_.stage(std::move(*decided), reply);
}

void Manager::suspend(const job::Id& id, const Callback<Done>& reply) {
    decide(
        id, [](const JobRecord& record, Now now) { return job::suspend(record.working(), now); }, reply);
}

void Manager::resume(const job::Id& id, const Callback<Done>& reply) {
    if (auto* record = jobs_.find(id)) record->may_ask = true;
    decide(
        id,
        [](const JobRecord& record, Now now) {
            return job::resume(record.working(), record.working_files(), now);
        },
        reply);
}

void Manager::change(const job::Id& id, const job::SettingsPatch& patch, const Callback<Done>& reply) {
    decide(
        id,
        [&](const JobRecord& record, Now now) {
            return job::change(record.working(), record.working_files(), patch, now);
        },
        [=, this](const Status& stored) {
            // Also if it is the same service as before, because registering ends its pauses.
            if (stored && patch.has<&job::Settings::notify_service>())
                announcer_.notifier().set_service(id, patch.get<&job::Settings::notify_service>());
            reply(stored);
        });
}

Status Manager::change_now(const job::Id& id, const job::SettingsPatch& patch) {
    Status outcome = Done{};
    change(id, patch, [&](const Status& stored) { outcome = stored; });
    if (outcome)
        if (auto flushed = commits_.flush(); !flushed) return flushed;
    return outcome;
}

Status Manager::limit_bandwidth(uint32_t owner, uint64_t limit) {
    Status outcome = Done{};
    bandwidth_.limit_user(owner, limit, [&](const Status& stored) { outcome = stored; });
    if (outcome)
        if (auto flushed = commits_.flush(); !flushed) return flushed;
    return outcome;
}

void Manager::remove_credentials(const job::Id& id, job::Credentials::Target target,
                                 job::Credentials::Scheme scheme, const Callback<bool>& reply) {
    const auto* record = jobs_.find(id);
    if (!record) return reply(not_found(id));
    auto removed = job::remove_credentials(record->working(), target, scheme, clock_.now());
    if (!removed) return reply(removed.error());
    commits_.stage(std::move(removed->decision), [reply, found = removed->found](const Status& stored) {
        if (stored) return reply(found);
        reply(stored.error());
    });
}

void Manager::set_notify_object(const job::Id& id, const std::optional<notify::Target>& object,
                                const Callback<Done>& reply) {
    decide(
        id,
        [&](const JobRecord& record, Now now) {
            auto again = job::renotify(record.working(), now);
            // Clearing repeats no notification.
            if (again && !object) {
                again->notifications.clear();
                again->revoked = {};
            }
            return again;
        },
        [=, this](const Status& stored) {
            if (stored) announcer_.notifier().set_object(id, object);
            reply(stored);
        });
}

void Manager::take_ownership(const job::Id& id, uint32_t uid, const Callback<Done>& reply) {
    ownership_.take(id, uid, reply);
}

Result<job::Id> Manager::request_permit(uint32_t owner, const job::PermitRequest& request) {
    auto id = permits_.add(owner, request);
    if (id) scheduler_.review_permits();
    return id;
}

void Manager::release_permit(const job::Id& id) {
    permits_.remove(id);
    scheduler_.schedule_soon(); // another may have the slot
}

/// Cancel and Complete are answered when they are carried out.
void Manager::end(const job::Id& id, const Callback<job::EndResult>& reply,
                  Result<job::Decision> (*decision)(const job::Job&, Now)) {
    auto* record = jobs_.find(id);
    if (!record) return reply(not_found(id));
    auto decided = decision(record->working(), clock_.now());
    if (!decided) return reply(decided.error());
    record->on_end = requests_.track(reply);
    commits_.stage(std::move(*decided), [this, id](const Status& stored) {
        if (stored) return;
        if (auto answer = std::exchange(jobs_.find(id)->on_end, {})) answer(stored.error());
    });
}

void Manager::cancel(const job::Id& id, const Callback<job::EndResult>& reply) {
    end(id, reply, job::cancel);
}

void Manager::complete(const job::Id& id, const Callback<job::EndResult>& reply) {
    end(id, reply, job::complete);
}

} // namespace haulier::daemon
