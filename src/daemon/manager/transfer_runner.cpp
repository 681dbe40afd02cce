// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/transfer_runner.hpp"

#include "daemon/manager/transfer_orders.hpp"
#include "job/outcomes.hpp"

#include <utility>

namespace haulier::daemon {

TransferRunner::TransferRunner(ManagerContext& context, const Admission& admission, job::Random& random,
                               std::function<void()> on_end)
    : context_(context), admission_(admission), random_(random), on_end_(std::move(on_end)) {}

// ---- starting and stopping ----

void TransferRunner::fill(JobRecord& record) {
    const auto& files = record.working_files();
    while (record.cursor < files.size() && files[record.cursor].transferred)
        ++record.cursor;
    // The limit applies to the job, and a worker can only keep it for one file.
    size_t most = record.working().bandwidth_limit > 0 ? 1 : context_.config.files_at_once;
    for (size_t i = record.cursor; i < files.size() && record.transfers.size() < most; ++i) {
        auto index = static_cast<uint32_t>(i);
        // Orders are made from durable values only.
        if (!record.is_changing(index) && wants_transfer(record, index)) launch(record, index);
    }
    if (record.transfers.empty())
        context_.commits.stage(job::settled(record.working(), files, context_.clock.now()));
}

void TransferRunner::launch(JobRecord& record, uint32_t index) {
    auto owner = record.working().owner;
    ActiveTransfer transfer;
    if (job::is_upload(record.working().type)) {
        transfer.ticket = context_.workers.upload(owner, upload_order(record, index));
        transfer.owner = owner;
        transfer.moved = record.working_files()[index].offset;
    } else {
        auto order = fetch_order(record, index);
        transfer = transfer_of(record, order, context_.workers.fetch(owner, order));
    }
    keys_[transfer.ticket] = {record.working().id, index};
    record.transfers[index] = std::move(transfer);
}

void TransferRunner::stop(JobRecord& record) {
    for (auto& [index, transfer] : record.transfers) {
        if (transfer.halting) continue;
        transfer.halting = true;
        context_.workers.halt(transfer.owner, transfer.ticket);
    }
}

TransferRunner::Found TransferRunner::find(Ticket ticket) {
    auto found = keys_.find(ticket);
    if (found == keys_.end()) return {};
    return {context_.jobs.find(found->second.job), found->second.index};
}

/// The transfer has ended.
TransferRunner::Ended TransferRunner::take(Ticket ticket) {
    Ended ended{find(ticket), {}};
    keys_.erase(ticket);
    context_.on_activity();
    if (!ended) return ended;
    ended.last = std::move(ended.record->transfers.extract(ended.index).mapped());
    on_end_();
    return ended;
}

// ---- reports of workers ----

void TransferRunner::begun(Ticket ticket, const job::Begun& begun) {
    auto found = find(ticket);
    if (!found || found.transfer().halting) return;
    auto kept = begun;
    if (admission_.is_full(found.job().owner)) kept.headers.clear();
    auto decision = job::begun(found.job(), found.index, found.file(), kept, context_.config.limits,
                               context_.clock.now());
    if (!decision) return;
    auto& transfer = found.transfer();
    transfer.moved = begun.report.offset;
    if (begun.restarted) transfer.before = 0;
    bool waits = begun.restarted && job::is_running(decision->job.state);
    context_.commits.stage(std::move(*decision), [=, this, owner = transfer.owner](const Status& stored) {
        if (stored && waits) return context_.workers.proceed(owner, ticket);
        if (!stored) context_.workers.halt(owner, ticket);
    });
}

void TransferRunner::progress(Ticket ticket, const Progress& progress) {
    auto found = find(ticket);
    if (!found || found.transfer().ignored) return;
    bool more = progress.moved > std::exchange(found.transfer().moved, progress.moved);
    if (more) context_.commits.stage(job::progressed(found.job(), context_.clock.now()));
    if (const auto& reply = progress.reply)
        context_.commits.stage(job::replied(found.job(), reply->total, reply->received));
    context_.announcer.progressed(*found.record);
}

void TransferRunner::checkpointed(Ticket ticket, const job::Report& report) {
    auto found = find(ticket);
    if (!found || found.transfer().ignored) return;
    context_.commits.stage(job::checkpointed(found.job(), found.index, found.file(), report,
                                             found.transfer().segments, context_.clock.now()));
}

void TransferRunner::fetched(Ticket ticket, const job::Fetched& fetched) {
    auto ended = take(ticket);
    if (!ended || ended.last.ignored) return;
    auto kept = fetched;
    if (admission_.is_full(ended.job().owner)) kept.headers.clear();
    context_.commits.stage(job::fetched(ended.job(), ended.index, ended.record->working_files(), kept,
                                        ended.last.segments, context_.clock.now()));
    store_shown(ended.last);
}

void TransferRunner::failed(Ticket ticket, const job::Failure& failure) {
    auto ended = take(ticket);
    if (!ended || ended.last.ignored) return;
    auto with_file = failure;
    with_file.error.file = ended.index;
    context_.commits.stage(job::failed(ended.job(), ended.index, ended.file(), with_file,
                                       context_.config.retry, random_, context_.clock.now()));
    store_shown(ended.last);
}

void TransferRunner::halted(Ticket ticket) {
    auto ended = take(ticket);
    if (!ended) return;
    // If nobody ordered that, the worker is gone, and the job is queued again.
    if (!ended.last.halting) context_.commits.stage(job::interrupted(ended.job(), context_.clock.now()));
    store_shown(ended.last);
}

/// During the transfer, clients were shown more bytes than are stored. They must not be shown fewer now.
void TransferRunner::store_shown(const ActiveTransfer& ended) {
    if (ended.moved > 0) static_cast<void>(context_.commits.flush());
}

} // namespace haulier::daemon
