// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/transfer_runner.hpp"

#include "daemon/manager/bandwidth.hpp"
#include "daemon/manager/transfer_orders.hpp"
#include "job/files_in_flight.hpp"
#include "job/outcomes.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace haulier::daemon {

namespace {

/// Bytes after which a file flows again.
constexpr uint64_t Advance = 16 * 1024;

} // namespace

TransferRunner::TransferRunner(ManagerContext& context, const Admission& admission, job::Random& random,
                               std::function<void()> on_end)
    : context_(context), admission_(admission), random_(random), on_end_(std::move(on_end)), hosts_(context),
      chooser_(context, hosts_) {}

// ---- starting and stopping ----

void TransferRunner::fill(JobRecord& record) {
    halt_unwanted(record);
    const auto& files = record.working_files();
    while (record.cursor < files.size() && (files[record.cursor].transferred || files[record.cursor].failed))
        ++record.cursor;
    auto prospect = chooser_.choose(record, [&](uint32_t index) { launch(record, index); });
    record.may_ask = false;
    if (record.transfers.empty() && record.is_changing()) return;
    if (record.transfers.empty()) return rest(record, prospect, context_.clock.now());
    record.next_file.set(context_.loop, prospect.next, on_end_);
}

StartProspect TransferRunner::prospects_of(const JobRecord& record) {
    Prospect prospect;
    if (chooser_.has_any(record, prospect)) return StartProspect::Good;
    if (prospect.is_full) return StartProspect::ServerFull;
    auto deferred = job::deferred(record.working(), record.working_files(), hosts_.rests_of(record),
                                  context_.clock.now());
    bool waits = deferred.has_value();
    context_.commits.stage(std::move(deferred));
    return waits ? StartProspect::Later : StartProspect::Good;
}

/// Nothing of a running job is in transfer, and nothing could be started.
void TransferRunner::rest(JobRecord& record, const Prospect& prospect, Now now) {
    const auto& job = record.working();
    record.next_file.stop();
    if (auto settled = job::settled(job, record.working_files(), now))
        return context_.commits.stage(std::move(settled));
    auto deferred = job::deferred(job, record.working_files(), hosts_.rests_of(record), now);
    if (!deferred && prospect.is_full && job.http.method.empty()) deferred = job::interrupted(job, now);
    context_.commits.stage(std::move(deferred));
}

/// A file can fail for good, or be removed, while it is in transfer.
void TransferRunner::halt_unwanted(JobRecord& record) {
    for (auto& [index, transfer] : record.transfers) {
        const auto& file = record.working_files()[index];
        if ((!file.failed && !file.removed) || transfer.halting) continue;
        transfer.halting = true;
        context_.workers.halt(transfer.owner, transfer.ticket);
    }
}

void TransferRunner::launch(JobRecord& record, uint32_t index) {
    auto owner = record.working().owner;
    auto faults = hosts_.hosts().faults_of(HostTracker::host_of(record, index), context_.clock.now().boot);
    context_.bandwidth.starting(record.working());
    ActiveTransfer transfer;
    if (job::is_upload(record.working().type)) {
        auto order = upload_order(record, index);
        order.options.http1 = faults.http2;
        transfer.ticket = context_.workers.upload(owner, order);
        transfer.owner = owner;
        transfer.moved = transfer.base = transfer.seen = record.working_files()[index].offset;
    } else {
        auto order = fetch_order(record, index);
        order.options.http1 = faults.http2;
        order.if_range_broken = faults.if_range;
        hosts_.drop_resting(record.working(), order.mirrors);
        transfer = transfer_of(record, order, context_.workers.fetch(owner, order));
    }
    transfer.background = record.working().priority != job::Priority::Foreground;
    hosts_.started(record, index, transfer);
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
    hosts_.ended(ended.last);
    context_.bandwidth.ended(ended.last, ended.job().id, ended.record->transfers.empty());
    on_end_();
    return ended;
}

/// A server that sends a few bytes and hangs up has not made the file flow again. Nor has one that was sent
/// bytes: they have to be sent again unless it speaks tus.
bool TransferRunner::has_advanced(const Found& found, uint64_t moved) {
    if (job::is_upload(found.job().type) && found.file().upload_url.empty()) return false;
    const auto& transfer = found.transfer();
    return moved >= transfer.base + std::min<uint64_t>(Advance, job::size_of(found.file()));
}

/// `moved` bytes of the stream have come so far.
void TransferRunner::note_moved(JobRecord& record, ActiveTransfer& transfer, uint64_t moved) {
    auto fresh = note_bytes(record, transfer, moved, context_.clock.now().boot);
    if (fresh == 0) return;
    job::Counters counters;
    (job::is_upload(record.working().type) ? counters.bytes_sent : counters.bytes_received) = fresh;
    context_.commits.count(transfer.owner, counters);
    context_.bandwidth.moved(transfer, fresh);
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
    note_answer(found, begun);
    bool goes_on = job::is_running(decision->job.state) && !decision->files.at(found.index).failed;
    bool waits = begun.restarted && goes_on;
    auto then = [=, this, owner = found.transfer().owner](const Status& stored) {
        if (stored && waits) return context_.workers.proceed(owner, ticket);
        if (!stored) context_.workers.halt(owner, ticket);
    };
    context_.commits.stage(std::move(*decision), begun.restarted ? Callback<Done>{then} : Callback<Done>{});
    keep_size(found);
}

void TransferRunner::note_answer(const Found& found, const job::Begun& begun) {
    auto& transfer = found.transfer();
    hosts_.answered(found.job(), transfer, begun);
    transfer.moved = transfer.base = transfer.seen = begun.report.offset;
    if (begun.restarted) transfer.before = 0;
}

/// Whether the report includes the beginning of the transfer, and both can be one decision.
bool TransferRunner::begins_with(const Found& found, const job::Fetched& fetched) {
    if (!found || !fetched.begun) return false;
    const auto& begun = *fetched.begun;
    bool is_plain = !begun.restarted && !fetched.not_modified && !found.job().maximum_download_size;
    if (is_plain && !found.transfer().halting) {
        note_answer(found, begun);
        return true;
    }
    this->begun(found.transfer().ticket, begun);
    return false;
}

/// A worker knows the limit of its own file only.
void TransferRunner::keep_size(const Found& found) {
    if (found.job().maximum_download_size) keep_size(found, counted_size(*found.record, found.index));
}

/// False if the job has failed because file `found.index` has `bytes`.
bool TransferRunner::keep_size(const Found& found, uint64_t bytes) {
    const auto& most = found.job().maximum_download_size;
    if (!most || job::is_upload(found.job().type)) return true;
    auto sum = counted_size_of_others(*found.record, found.index) + bytes;
    if (sum <= *most) return true;
    context_.commits.stage(job::too_large(found.job(), sum, context_.clock.now()));
    return false;
}

void TransferRunner::progress(Ticket ticket, const Progress& progress) {
    auto found = find(ticket);
    if (!found || found.transfer().ignored) return;
    note_moved(*found.record, found.transfer(), progress.moved);
    found.transfer().yields = progress.yields;
    bool more = progress.moved > std::exchange(found.transfer().moved, progress.moved);
    if (more)
        context_.commits.stage(job::progressed(found.job(), found.index, found.file(),
                                               has_advanced(found, progress.moved), context_.clock.now()));
    if (const auto& reply = progress.reply)
        context_.commits.stage(job::replied(found.job(), reply->total, reply->received));
    context_.announcer.progressed(*found.record);
    keep_size(found);
}

void TransferRunner::checkpointed(Ticket ticket, const job::Report& report) {
    auto found = find(ticket);
    if (!found || found.transfer().ignored) return;
    note_moved(*found.record, found.transfer(), report.offset);
    auto measured = report;
    measured.advanced = has_advanced(found, report.offset);
    context_.commits.stage(job::checkpointed(found.job(), found.index, found.file(), measured,
                                             found.transfer().segments, context_.clock.now()));
    keep_size(found);
}

void TransferRunner::fetched(Ticket ticket, const job::Fetched& fetched) {
    bool has_begun = begins_with(find(ticket), fetched);
    auto ended = take(ticket);
    if (!ended || ended.last.ignored) return;
    auto& small = ended.record->small_in_a_row;
    small = fetched.report.offset <= job::SmallFile ? small + 1 : 0;
    auto kept = fetched;
    if (!has_begun) kept.begun.reset();
    if (admission_.is_full(ended.job().owner)) {
        kept.headers.clear();
        if (has_begun) kept.begun->headers.clear();
    }
    auto now = context_.clock.now();
    note_moved(*ended.record, ended.last, fetched.report.offset);
    if (fetched.not_modified)
        context_.commits.stage(
            job::not_modified(ended.job(), ended.index, ended.record->working_files(), now));
    else if (keep_size(ended, ended.last.before + fetched.report.offset))
        context_.commits.stage(job::fetched(ended.job(), ended.index, ended.record->working_files(), kept,
                                            ended.last.segments, context_.config.limits, now));
    else
        context_.commits.stage(job::checkpointed(ended.job(), ended.index, ended.file(), fetched.report,
                                                 ended.last.segments, now));
    store_shown(ended.last);
}

void TransferRunner::failed(Ticket ticket, const job::Failure& failure) {
    auto ended = take(ticket);
    if (!ended) return;
    auto with_file = failure;
    with_file.error.file = ended.index;
    ended.record->small_in_a_row = 0;
    hosts_.failed(ended.job(), ended.last, with_file);
    if (ended.last.ignored) return;
    const auto& record = *ended.record;
    job::Around around{!record.transfers.empty(), hosts_.rests_of(record)};
    context_.commits.stage(job::failed(ended.job(), ended.index, record.working_files(), with_file, around,
                                       context_.config.retry, random_, context_.clock.now()));
    store_shown(ended.last);
}

void TransferRunner::halted(Ticket ticket) {
    auto ended = take(ticket);
    if (!ended) return;
    // If that was not ordered, the worker is gone, and the job is queued again.
    if (!ended.last.halting) context_.commits.stage(job::interrupted(ended.job(), context_.clock.now()));
    store_shown(ended.last);
}

/// During the transfer, clients were shown more bytes than are stored. They must not be shown fewer now.
void TransferRunner::store_shown(const ActiveTransfer& ended) {
    if (ended.moved > 0) static_cast<void>(context_.commits.flush());
}

} // namespace haulier::daemon
