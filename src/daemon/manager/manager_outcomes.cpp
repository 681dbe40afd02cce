// SPDX-License-Identifier: LGPL-2.1-or-later
// What the workers report.
#include "daemon/manager/manager.hpp"

#include "daemon/manager/transfer_orders.hpp"

namespace haulier::daemon {

namespace {

constexpr Usec ProgressEvery{500'000};

} // namespace

JobRecord* Manager::find_transfer(Ticket ticket, uint32_t& index) {
    auto found = transfer_keys_.find(ticket);
    if (found == transfer_keys_.end()) return nullptr;
    index = found->second.index;
    return record_of(found->second.id);
}

/// The ticket's last word has come.
Manager::FoundTransfer Manager::take_transfer(Ticket ticket) {
    FoundTransfer ended;
    ended.entry = find_transfer(ticket, ended.index);
    transfer_keys_.erase(ticket);
    on_activity_();
    if (!ended) return ended;
    ended.transfer = std::move(ended.entry->transfers.extract(ended.index).mapped());
    schedule_soon();
    leave_if_quiet();
    return ended;
}

void Manager::begun(Ticket ticket, const job::Begun& begun) {
    uint32_t index = 0;
    auto* entry = find_transfer(ticket, index);
    if (!entry || entry->transfers[index].halting) return;
    auto kept = begun;
    if (is_full(entry->job.owner)) kept.headers.clear();
    auto decision = job::begun(*latest(entry->job.id), index, latest_file(*entry, index), kept,
                               config_.limits, clock_.now());
    if (!decision) return;
    auto& transfer = entry->transfers[index];
    transfer.moved = begun.report.offset;
    if (begun.restarted) transfer.before = 0;
    bool waits = begun.restarted && job::is_running(decision->job.state);
    commits_.stage(std::move(*decision), [=, this, owner = transfer.owner](const Status& stored) {
        if (stored && waits) return workers_.proceed(owner, ticket);
        if (!stored) workers_.halt(owner, ticket);
    });
}

void Manager::progress(Ticket ticket, const Progress& progress) {
    uint32_t index = 0;
    auto* entry = find_transfer(ticket, index);
    if (!entry || entry->transfers[index].lost) return;
    const auto& id = entry->job.id;
    auto& transfer = entry->transfers[index];
    bool more = progress.moved > transfer.moved;
    transfer.moved = progress.moved;
    if (more) stage(job::progressed(*latest(id), clock_.now()));
    if (progress.reply) stage(job::replied(*latest(id), progress.reply->total, progress.reply->received));
    announce_progress(*entry);
}

/// At most twice a second and job.
void Manager::announce_progress(JobRecord& entry) {
    entry.progress_missed = static_cast<bool>(entry.progress_timer);
    if (entry.progress_missed) return;
    observer_->progressed(entry);
    entry.progress_timer = loop_.after(ProgressEvery, [this, &entry] {
        entry.progress_timer.reset();
        if (entry.progress_missed) announce_progress(entry);
    });
}

void Manager::checkpointed(Ticket ticket, const job::Report& report) {
    uint32_t index = 0;
    auto* entry = find_transfer(ticket, index);
    if (!entry || entry->transfers[index].lost) return;
    stage(job::checkpointed(*latest(entry->job.id), index, latest_file(*entry, index), report,
                            entry->transfers[index].segments, clock_.now()));
}

void Manager::fetched(Ticket ticket, const job::Fetched& fetched) {
    auto ended = take_transfer(ticket);
    if (!ended || ended.transfer.lost) return;
    auto& entry = *ended.entry;
    // The rest of an on-demand file's siblings counts, too. For others this would cost a commit a file.
    if (entry.job.on_demand) static_cast<void>(commits_.flush());
    auto kept = fetched;
    if (is_full(entry.job.owner)) kept.headers.clear();
    auto adopted = std::exchange(entry.files[ended.index], latest_file(entry, ended.index));
    auto decision = job::fetched(*latest(entry.job.id), ended.index, entry.files, kept,
                                 ended.transfer.segments, clock_.now());
    entry.files[ended.index] = std::move(adopted);
    stage(std::move(decision));
    show(ended.transfer);
}

void Manager::failed(Ticket ticket, const job::Failure& failure) {
    auto ended = take_transfer(ticket);
    if (!ended || ended.transfer.lost) return;
    auto with_file = failure;
    with_file.error.file = ended.index;
    stage(job::failed(*latest(ended.entry->job.id), ended.index, latest_file(*ended.entry, ended.index),
                      with_file, config_.retry, *random_, clock_.now()));
    show(ended.transfer);
}

void Manager::halted(Ticket ticket) {
    auto ended = take_transfer(ticket);
    // Without being asked: the worker is gone, and the job queues again.
    if (ended && !ended.transfer.halting) stage(job::interrupted(*latest(ended.entry->job.id), clock_.now()));
    if (ended) show(ended.transfer);
}

/// While it flew, readers were shown more than is stored. They shall not see less until that is.
void Manager::show(const ActiveTransfer& ended) {
    if (ended.moved > 0) static_cast<void>(commits_.flush());
}

} // namespace haulier::daemon
