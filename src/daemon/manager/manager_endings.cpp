// SPDX-License-Identifier: LGPL-2.1-or-later
// How a job ends, and the daemon.
#include "daemon/manager/manager.hpp"

#include "base/log.hpp"
#include "daemon/common/batch.hpp"
#include "daemon/manager/transfer_orders.hpp"

#include <fmt/core.h>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr Usec PatienceAtShutdown{10'000'000};
constexpr Usec ReadableAfterEnd{60'000'000};

std::vector<uint32_t> finished_files(const JobRecord& entry) {
    std::vector<uint32_t> indexes;
    for (uint32_t i = 0; i < entry.files.size(); ++i)
        if (entry.files[i].transferred && !entry.files[i].completed) indexes.push_back(i);
    return indexes;
}

/// Where files of a job have the same local name, the last one gets it: renaming each in turn could not be
/// told from a loss if we died in the middle.
std::map<std::string, uint32_t> last_of_each_name(const std::vector<job::File>& files,
                                                  const std::vector<uint32_t>& indexes) {
    std::map<std::string, uint32_t> last;
    for (auto index : indexes)
        last[files[index].spec.local] = index;
    return last;
}

} // namespace

void Manager::stop_transfers(JobRecord& entry) {
    for (auto& [index, transfer] : entry.transfers) {
        if (transfer.halting) continue;
        transfer.halting = true;
        workers_.halt(transfer.owner, transfer.ticket);
    }
}

/// Gives every finished file its name, a few at a time; the store learns of each one.
void Manager::publish(const job::Id& id) {
    auto& entry = *record_of(id);
    entry.end_under_way = true;
    auto indexes = finished_files(entry);
    auto last = last_of_each_name(entry.files, indexes);
    auto step = [this, id, indexes, last](size_t i, const Callback<Done>& done) {
        const auto& file = record_of(id)->files[indexes[i]];
        bool wins = last.at(file.spec.local) == indexes[i];
        publish_file(id, indexes[i], wins, [=, this](const Status& status) {
            if (status)
                stage(job::published(*latest(id), indexes[i], latest_file(*record_of(id), indexes[i])));
            done(status);
        });
    };
    run_batch(indexes.size(), step, [this, id](const Status& status) { publish_ended(id, status); });
}

void Manager::publish_file(const job::Id& id, uint32_t index, bool wins, const Callback<Done>& then) {
    const auto& entry = *record_of(id);
    const auto& file = entry.files[index];
    auto owner = entry.job.owner;
    if (job::is_upload(entry.job.type)) {
        if (has_reply(entry)) return workers_.publish(owner, publish_reply_order(entry), then);
        return then(Done{});
    }
    if (wins) return workers_.publish(owner, publish_order(entry, index), then);
    workers_.discard(owner, job::directory_of(file.spec.local), job::temporary_name(id, index), then);
}

void Manager::publish_ended(const job::Id& id, const Status& status) {
    record_of(id)->end_under_way = false;
    auto job = latest(id);
    auto now = clock_.now();
    if (status) return stage(job::publish_succeeded(*job, now));
    const auto& why = status.error();
    log::warning(fmt::format("job cannot be completed: {}", why.message), {{log::field::Job, id.hex}});
    auto answer = [why, reply = std::exchange(record_of(id)->ending, {})](const Status&) {
        if (reply) reply(why);
    };
    auto decision = job::publish_failed(*job, why.message, now);
    if (!decision) return answer(Done{});
    commits_.stage(std::move(*decision), answer);
}

/// What cannot be deleted is said and left; the job ends all the same (BITS: BG_S_UNABLE_TO_DELETE_FILES).
void Manager::discard(const job::Id& id, bool all) {
    auto& entry = *record_of(id);
    entry.end_under_way = true;
    if (all)
        for (uint32_t i = 0; i < entry.files.size(); ++i)
            if (is_begun_upload(entry.files[i])) workers_.abandon(entry.job.owner, abandon_order(entry, i));
    auto rest = leftovers(entry, all);
    auto count = rest.size();
    auto step = [this, id, owner = entry.job.owner, rest = std::move(rest)](size_t i,
                                                                            const Callback<Done>& done) {
        workers_.discard(owner, rest[i].directory, rest[i].temporary, [=](const Status& status) {
            if (!status) log::warning(status.error().message, {{log::field::Job, id.hex}});
            done(Done{});
        });
    };
    run_batch(count, step, [this, id](const Status&) { remove(id); });
}

/// Nothing is left to do; but a job that completed itself stays until its client has been told.
void Manager::remove(const job::Id& id) {
    auto* entry = record_of(id);
    if (!entry) return;
    entry->end_under_way = false;
    const auto& job = entry->job;
    bool by_itself = job.auto_complete && job.state == job::State::Acknowledged && !entry->ending;
    entry->lingers = by_itself && notifier_->owes(id);
    if (!entry->lingers) forget(*entry);
}

void Manager::forget(JobRecord& entry) {
    const auto& job = entry.job;
    const auto id = job.id;
    entry.lingers = false;
    commits_.remove(id);
    notifier_->forget(id);
    if (!job.notify_service.name.empty() && !job.expired)
        notifier_->service_works(job.owner, job.notify_service);
    auto outcome = job::end_result_of(job);
    observer_->removed(entry, job::removal_result(job));
    entry.gone = true;
    entry.expiry.stop();
    on_activity_();
    entry.gone_timer = loop_.after(ReadableAfterEnd, [this, id] { drop(id); });
    // Whoever asked for the end hears of it after the removal is durable.
    if (auto status = commits_.flush(); entry.ending) {
        auto reply = std::exchange(entry.ending, {});
        if (status)
            reply(outcome);
        else
            reply(status.error());
    }
}

/// Not from inside the notifier, which still has the job in hand.
void Manager::let_go_soon() {
    let_go_ = loop_.defer([this] {
        for (auto& [id, entry] : jobs_)
            if (entry->lingers && !notifier_->owes(id)) forget(*entry);
    });
}

void Manager::shut_down(std::function<void()> done) {
    if (leave_) return;
    leave_ = std::move(done);
    schedule_.reset();
    for (auto& [id, entry] : jobs_)
        stop_transfers(*entry);
    leave_deadline_ = loop_.after(PatienceAtShutdown, [this] { leave_(); });
    leave_if_quiet();
}

void Manager::leave_if_quiet() {
    if (!leave_ || !transfer_keys_.empty()) return;
    // After the commit of what the last checkpoints said.
    leave_deadline_ = loop_.defer(leave_, EventPriority::Last);
}

} // namespace haulier::daemon
