// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/job_lifecycle.hpp"

#include "base/log.hpp"
#include "daemon/common/batch.hpp"
#include "daemon/manager/transfer_orders.hpp"
#include "job/outcomes.hpp"

#include <fmt/core.h>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr Usec ReadableAfterEnd{60'000'000};
/// Those of a directory share a sync.
constexpr size_t FilesNamedAtOnce = 512;
constexpr Usec PauseBeforePublishingAgain{5'000'000};

std::vector<uint32_t> finished_files(const JobRecord& record) {
    std::vector<uint32_t> indexes;
    const auto& files = record.working_files();
    for (uint32_t i = 0; i < files.size(); ++i)
        if (files[i].transferred && !files[i].completed) indexes.push_back(i);
    return indexes;
}

bool replaces(const job::File& file) {
    return file.spec.existing == job::Existing::Replace;
}

/// Where files of a job have the same local name, the last one gets it, or has it already. If each were
/// renamed in turn and we died in between, an overwritten file could not be told from a lost one.
std::map<std::string, uint32_t> last_of_each_name(const std::vector<job::File>& files) {
    std::map<std::string, uint32_t> last;
    for (uint32_t i = 0; i < files.size(); ++i)
        if (files[i].transferred && !is_needless(files[i]) && replaces(files[i]))
            last[files[i].spec.local] = i;
    return last;
}

/// What is to be done with the finished files of a job, one group after the other.
struct Publication {
    std::vector<uint32_t> replacing;
    std::vector<uint32_t> sparing;  ///< they replace nothing, not even what the job itself has put there
    std::vector<uint32_t> replaced; ///< their names went to later files
};

Publication publication_of(const JobRecord& record) {
    const auto& files = record.working_files();
    auto last = last_of_each_name(files);
    Publication groups;
    for (auto index : finished_files(record)) {
        const auto& file = files[index];
        bool wins = !replaces(file) || last.at(file.spec.local) == index;
        auto& group = !replaces(file) ? groups.sparing : wins ? groups.replacing : groups.replaced;
        group.push_back(index);
    }
    return groups;
}

} // namespace

void JobLifecycle::publish(const job::Id& id) {
    auto& record = *context_.jobs.find(id);
    record.phase = Phase::Ending;
    record.publishing.reset();
    publish_files(id, [this, id](const Status& status) { publish_ended(id, status); });
}

void JobLifecycle::publish_finished(const job::Id& id) {
    context_.announcer.notifier().hold(id);
    publish_files(id, [this, id](const Status& status) {
        if (!status) log::warning(status.error().message, {{log::field::Job, id.hex}});
        const auto* record = context_.jobs.find(id);
        if (!record) return;
        context_.announcer.names_given(*record);
        context_.announcer.notifier().run();
    });
}

/// A file whose name a later one gets is deleted when that has it: until then, it may be all that is left.
void JobLifecycle::publish_files(const job::Id& id, const Callback<Done>& done) {
    auto groups = publication_of(*context_.jobs.find(id));
    publish_each(id, groups.replacing, true, [=, this](const Status& status) {
        if (!status) return done(status);
        publish_each(id, groups.sparing, true, [=, this](const Status& spared) {
            if (!spared) return done(spared);
            publish_each(id, groups.replaced, false, done);
        });
    });
}

void JobLifecycle::publish_each(const job::Id& id, const std::vector<uint32_t>& indexes, bool win,
                                const Callback<Done>& done) {
    auto step = [=, this](size_t i, const Callback<Done>& next) {
        const auto* record = context_.jobs.find(id);
        if (!record) return next(not_found(id));
        publish_file(*record, indexes[i], win,
                     [=, this, index = indexes[i]](const Result<std::string>& name) {
                         file_published(id, index, name);
                         next(name ? Status{Done{}} : Status{name.error()});
                     });
    };
    run_batch(indexes.size(), step, done, FilesNamedAtOnce);
}

void JobLifecycle::file_published(const job::Id& id, uint32_t index, const Result<std::string>& name) {
    const auto* record = context_.jobs.find(id);
    if (!record) return;
    const auto& file = record->working_files()[index];
    const auto& job = record->working();
    if (name)
        context_.commits.stage(job::published(job, index, file, *name));
    else if (name.error().code == Errc::LocalFile)
        context_.commits.stage(job::unpublished(job, index, file));
    else if (name.error().code == Errc::FileExists)
        context_.commits.stage(job::name_taken(job, index, file, name.error().message));
}

void JobLifecycle::publish_file(const JobRecord& record, uint32_t index, bool wins,
                                const Callback<std::string>& done) {
    const auto& job = record.working();
    auto& workers = context_.workers;
    if (job::is_upload(job.type)) {
        if (has_reply(record)) return workers.publish(job.owner, publish_reply_order(record), done);
        return done(std::string{});
    }
    if (record.namings.contains(index))
        return namer_.await(job.id, index, [done](const Status& status) {
            if (!status) return done(status.error());
            done(std::string{});
        });
    if (wins) return workers.publish(job.owner, publish_order(record, index), done);
    workers.discard(job.owner, discard_order(record, index), [done](const Status& status) {
        if (!status) return done(status.error());
        done(std::string{});
    });
}

void JobLifecycle::publish_ended(const job::Id& id, const Status& status) {
    auto& record = *context_.jobs.find(id);
    record.phase = Phase::Kept;
    auto now = context_.clock.now();
    // The store has lost the name of a file, and must have it before it has the end of the job.
    if (status && !finished_files(record).empty()) {
        record.publishing =
            context_.loop.at(now.boot + PauseBeforePublishingAgain, [this, id] { publish(id); });
        return;
    }
    if (status) return context_.commits.stage(job::publish_succeeded(record.working(), now));
    const auto& why = status.error();
    log::warning(fmt::format("job cannot be completed: {}", why.message), {{log::field::Job, id.hex}});
    auto answer = [why, reply = std::exchange(record.on_end, {})](const Status&) {
        if (reply) reply(why);
    };
    auto decision = job::publish_failed(record.working(), why, now);
    if (!decision) return answer(Done{});
    context_.commits.stage(std::move(*decision), answer);
}

/// The job ends even if something cannot be deleted (BITS: BG_S_UNABLE_TO_DELETE_FILES).
void JobLifecycle::discard(const job::Id& id, bool all) {
    auto& record = *context_.jobs.find(id);
    record.phase = Phase::Ending;
    auto owner = record.working().owner;
    const auto& files = record.working_files();
    for (uint32_t i = 0; all && i < files.size(); ++i)
        if (is_begun_upload(files[i])) context_.workers.abandon(owner, abandon_order(record, i));
    auto rest = leftovers(record, all);
    auto count = rest.size();
    auto step = [this, id, owner, rest = std::move(rest)](size_t i, const Callback<Done>& done) {
        context_.workers.discard(owner, rest[i], [=, this, order = rest[i]](const Status& status) {
            if (!status) left_behind(id, owner, order, status.error());
            done(Done{});
        });
    };
    run_batch(count, step, [this, id](const Status&) { discarded(id); });
}

void JobLifecycle::discard_files(const job::Id& id, const std::vector<uint32_t>& indexes) {
    const auto* record = context_.jobs.find(id);
    if (!record || indexes.empty()) return;
    auto owner = record->working().owner;
    std::vector<DiscardOrder> orders;
    for (auto index : indexes)
        orders.push_back(discard_order(*record, index));
    auto count = orders.size();
    auto step = [this, id, owner, orders = std::move(orders)](size_t i, const Callback<Done>& done) {
        context_.workers.discard(owner, orders[i], [=](const Status& status) {
            if (!status) log::warning(status.error().message, {{log::field::Job, id.hex}});
            done(Done{});
        });
    };
    run_batch(count, step, [](const Status&) {});
}

/// If the directory is not known, the file was never begun.
void JobLifecycle::left_behind(const job::Id& id, uint32_t owner, const DiscardOrder& order,
                               const Error& why) {
    log::warning(why.message, {{log::field::Job, id.hex}});
    if (order.folder != job::Inode{}) discards_.add(owner, order);
}

/// Nothing is left to do, but a job that completed itself stays until its client has been told.
void JobLifecycle::discarded(const job::Id& id) {
    auto* record = context_.jobs.find(id);
    if (!record) return;
    const auto& job = record->durable();
    bool by_itself = job.auto_complete && job.state == job::State::Acknowledged && !record->on_end;
    if (!by_itself || !context_.announcer.notifier().owes(id)) return forget(*record);
    record->phase = Phase::AwaitingDelivery;
    awaiting_delivery_.insert(id);
}

void JobLifecycle::restart(JobRecord& record) {
    if (record.phase != Phase::Kept || !record.is_durable()) return;
    auto state = record.durable().state;
    auto id = record.durable().id;
    if (state == job::State::Publishing) publish(id);
    if (job::is_final(state)) discard(id, state == job::State::Cancelled);
}

void JobLifecycle::forget(JobRecord& record) {
    const auto id = record.durable().id;
    record.phase = Phase::Ending;
    awaiting_delivery_.erase(id);
    record.expiry.stop();
    context_.commits.remove(id, [this, id](const Status& stored) { removed(id, stored); });
}

/// Clients are told only when the removal is durable. If the store has failed, restart() ends the job once
/// more.
void JobLifecycle::removed(const job::Id& id, const Status& stored) {
    auto& record = *context_.jobs.find(id);
    auto reply = std::exchange(record.on_end, {});
    if (!stored) {
        record.phase = Phase::Kept;
        if (reply) reply(stored.error());
        return;
    }
    context_.jobs.note_removed(record);
    removed_[record.durable().owner].insert(id);
    context_.announcer.removed(record);
    record.retention =
        context_.loop.at(context_.clock.now().boot + ReadableAfterEnd, [this, id] { drop(id); });
    context_.on_activity();
    if (reply) reply(job::end_result_of(record.durable()));
}

/// Not from inside the notifier, which is still dealing with the job.
void JobLifecycle::forget_delivered_soon() {
    forget_delivered_ = context_.loop.defer([this] {
        for (const auto& id : std::set<job::Id>{awaiting_delivery_})
            if (!context_.announcer.notifier().owes(id)) forget(*context_.jobs.find(id));
    });
}

void JobLifecycle::evict_removed(uint32_t owner) {
    auto removed = removed_.find(owner);
    if (removed == removed_.end()) return;
    for (const auto& id : std::set<job::Id>{removed->second})
        drop(id);
}

void JobLifecycle::drop(const job::Id& id) {
    auto removed = removed_.find(context_.jobs.find(id)->durable().owner);
    removed->second.erase(id);
    if (removed->second.empty()) removed_.erase(removed);
    context_.announcer.observer().forgotten(id);
    context_.jobs.erase(id);
}

} // namespace haulier::daemon
