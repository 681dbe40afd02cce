// SPDX-License-Identifier: LGPL-2.1-or-later
// What the workers report, and how a job ends.
#include "daemon/manager.hpp"

#include "base/log.hpp"
#include "daemon/batch.hpp"

#include <fmt/core.h>

namespace haulier::daemon {

namespace {

constexpr Usec ProgressEvery{500'000};
constexpr Usec PatienceAtShutdown{10'000'000};

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

Entry* Manager::flying(Ticket ticket, uint32_t& index) {
    auto found = flown_.find(ticket);
    if (found == flown_.end()) return nullptr;
    index = found->second.index;
    return entry_of(found->second.id);
}

/// The ticket's last word has come.
Entry* Manager::land(Ticket ticket, uint32_t& index) {
    auto* entry = flying(ticket, index);
    flown_.erase(ticket);
    stirred_();
    if (!entry) return nullptr;
    entry->flights.erase(index);
    schedule_soon();
    leave_if_quiet();
    return entry;
}

void Manager::begun(Ticket ticket, uint64_t offset, bool restarted, const job::Validators& validators,
                    uint64_t total) {
    uint32_t index = 0;
    auto* entry = flying(ticket, index);
    if (!entry || entry->flights[index].halting) return;
    auto& id = entry->job.id;
    auto decision = job::begun(*latest(id), index, latest_file(*entry, index), offset, restarted, validators,
                               total, config_.limits, clock_.now());
    if (!decision) return;
    entry->flights[index].received = offset;
    bool goes_on = job::is_running(decision->job.state);
    auto owner = entry->job.owner;
    ledger_.stage(std::move(*decision), [=, this](const Status& stored) {
        if (stored && restarted && goes_on) return crew_.proceed(owner, ticket);
        if (!stored) crew_.halt(owner, ticket);
    });
}

void Manager::progress(Ticket ticket, uint64_t received) {
    uint32_t index = 0;
    auto* entry = flying(ticket, index);
    if (!entry) return;
    auto& flight = entry->flights[index];
    bool more = received > flight.received;
    flight.received = received;
    if (more) stage(job::progressed(*latest(entry->job.id)));
    announce_progress(*entry);
}

/// At most twice a second and job.
void Manager::announce_progress(Entry& entry) {
    entry.progress_missed = static_cast<bool>(entry.progress_timer);
    if (entry.progress_missed) return;
    announcer_->progressed(entry);
    entry.progress_timer = loop_.after(ProgressEvery, [this, &entry] {
        entry.progress_timer.reset();
        if (entry.progress_missed) announce_progress(entry);
    });
}

void Manager::checkpointed(Ticket ticket, uint64_t offset, const job::Validators& validators,
                           uint64_t total) {
    uint32_t index = 0;
    auto* entry = flying(ticket, index);
    if (!entry) return;
    stage(job::checkpointed(*latest(entry->job.id), index, latest_file(*entry, index), offset, validators,
                            total, clock_.now()));
}

void Manager::fetched(Ticket ticket, uint64_t size, const job::Validators& validators, job::Inode inode) {
    uint32_t index = 0;
    auto* entry = land(ticket, index);
    if (!entry) return;
    stage(job::fetched(*latest(entry->job.id), index, latest_file(*entry, index), size, validators, inode,
                       clock_.now()));
}

void Manager::failed(Ticket ticket, const job::Failure& failure) {
    uint32_t index = 0;
    auto* entry = land(ticket, index);
    if (!entry) return;
    auto with_file = failure;
    with_file.error.file = index;
    stage(job::failed(*latest(entry->job.id), index, latest_file(*entry, index), with_file, config_.retry,
                      *random_, clock_.now()));
}

void Manager::halted(Ticket ticket) {
    uint32_t index = 0;
    auto* flying_entry = flying(ticket, index);
    bool asked = flying_entry && flying_entry->flights[index].halting;
    auto* entry = land(ticket, index);
    // Without being asked: the worker is gone, and the job queues again.
    if (!entry || asked) return;
    stage(job::interrupted(*latest(entry->job.id)));
}

void Manager::stop_transfers(Entry& entry) {
    for (auto& [index, flight] : entry.flights) {
        if (flight.halting) continue;
        flight.halting = true;
        crew_.halt(entry.job.owner, flight.ticket);
    }
}

/// Gives every finished file its name, a few at a time; the store learns of each one.
void Manager::publish(const job::Id& id) {
    entry_of(id)->end_under_way = true;
    std::vector<uint32_t> indexes;
    const auto& files = entry_of(id)->files;
    for (uint32_t i = 0; i < files.size(); ++i)
        if (files[i].transferred && !files[i].completed) indexes.push_back(i);
    auto step = [this, id, indexes, last = last_of_each_name(files, indexes)](size_t i,
                                                                              const StepDone& done) {
        const auto* entry = entry_of(id);
        auto index = indexes[i];
        const auto& file = entry->files[index];
        auto then = [=, this](const Status& status) {
            if (status) stage(job::published(*latest(id), index, latest_file(*entry_of(id), index)));
            done(status);
        };
        if (last.at(file.spec.local) == index)
            return crew_.publish(entry->job.owner, {id, index, file}, then);
        crew_.discard(entry->job.owner, job::directory_of(file.spec.local), job::temporary_name(id, index),
                      then);
    };
    run_batch(indexes.size(), step, [this, id](const Status& status) { publish_ended(id, status); });
}

void Manager::publish_ended(const job::Id& id, const Status& status) {
    entry_of(id)->end_under_way = false;
    auto job = latest(id);
    auto now = clock_.now();
    stage(status ? job::publish_succeeded(*job, now) : job::publish_failed(*job, now));
    if (status) return;
    log::warning(fmt::format("job cannot be completed: {}", status.error().sentence),
                 {{log::field::Job, id.hex}});
    if (auto reply = std::exchange(entry_of(id)->ending, {})) reply(status.error());
}

/// What cannot be deleted is said and left; the job ends all the same (BITS: BG_S_UNABLE_TO_DELETE_FILES).
void Manager::discard(const job::Id& id, bool all) {
    entry_of(id)->end_under_way = true;
    std::vector<uint32_t> indexes;
    const auto& files = entry_of(id)->files;
    for (uint32_t i = 0; i < files.size(); ++i)
        if (!files[i].completed && (all || !files[i].transferred)) indexes.push_back(i);
    auto step = [this, id, indexes](size_t i, const StepDone& done) {
        const auto* entry = entry_of(id);
        auto directory = job::directory_of(entry->files[indexes[i]].spec.local);
        crew_.discard(entry->job.owner, directory, job::temporary_name(id, indexes[i]),
                      [=](const Status& status) {
                          if (!status) log::warning(status.error().sentence, {{log::field::Job, id.hex}});
                          done(Done{});
                      });
    };
    run_batch(indexes.size(), step, [this, id](const Status&) { remove(id); });
}

void Manager::shut_down(std::function<void()> done) {
    if (leave_) return;
    leave_ = std::move(done);
    schedule_.reset();
    for (auto& [id, entry] : entries_)
        stop_transfers(*entry);
    leave_deadline_ = loop_.after(PatienceAtShutdown, [this] { leave_(); });
    leave_if_quiet();
}

void Manager::leave_if_quiet() {
    if (!leave_ || !flown_.empty()) return;
    // After the commit of what the last checkpoints said.
    leave_deadline_ = loop_.defer(leave_, Turn::Last);
}

} // namespace haulier::daemon
