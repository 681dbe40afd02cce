// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/transfer_runner.hpp"

#include "daemon/manager/transfer_orders.hpp"
#include "job/file_state.hpp"
#include "job/mirrors.hpp"
#include "job/outcomes.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/core.h>
#include <utility>

namespace haulier::daemon {

namespace {

/// Of one job, answered or not.
constexpr size_t MostTransfers = 64;
/// Bytes after which a file flows again.
constexpr uint64_t Advance = 16 * 1024;

} // namespace

TransferRunner::TransferRunner(ManagerContext& context, const Admission& admission, job::Random& random,
                               std::function<void()> on_end)
    : context_(context), admission_(admission), random_(random), on_end_(std::move(on_end)) {}

// ---- starting and stopping ----

void TransferRunner::fill(JobRecord& record) {
    auto now = context_.clock.now();
    halt_failed(record);
    const auto& files = record.working_files();
    while (record.cursor < files.size() && (files[record.cursor].transferred || files[record.cursor].failed))
        ++record.cursor;
    // The limit applies to the job, and a worker can only keep it for one file.
    size_t most = record.working().bandwidth_limit > 0 ? 1 : context_.config.files_at_once;
    Prospect prospect;
    auto used = used_slots(record, now);
    for (size_t i = record.cursor; i < files.size() && used < most && record.transfers.size() < MostTransfers;
         ++i) {
        auto index = static_cast<uint32_t>(i);
        if (!wants_transfer(record, index) || !consider(record, index, prospect, now)) continue;
        launch(record, index);
        ++used;
    }
    record.may_ask = false;
    if (record.transfers.empty()) return rest(record, prospect, now);
    note_silences(record, prospect, now);
    record.next_file.set(context_.loop, prospect.next, on_end_);
}

/// A transfer that its server has not answered for a while takes no slot from a file that could flow.
size_t TransferRunner::used_slots(const JobRecord& record, Now now) {
    return static_cast<size_t>(
        std::count_if(record.transfers.begin(), record.transfers.end(), [&](const auto& entry) {
            return entry.second.answered || now.boot < entry.second.started_at + job::SilentAfter;
        }));
}

void TransferRunner::note_silences(const JobRecord& record, Prospect& prospect, Now now) {
    if (record.transfers.size() == record.working_files().size()) return;
    for (const auto& [index, transfer] : record.transfers) {
        auto silent_at = transfer.started_at + job::SilentAfter;
        if (!transfer.answered && now.boot < silent_at) prospect.note(silent_at);
    }
}

bool TransferRunner::consider(const JobRecord& record, uint32_t index, Prospect& prospect, Now now) const {
    // Orders are made from durable values only.
    if (record.is_changing(index)) {
        prospect.is_full = true;
        return false;
    }
    const auto& file = record.working_files()[index];
    auto host = host_of(record, index);
    if (!job::is_due(file, now.boot) && !hosts_.explains_refusal(host, file, now.boot)) {
        prospect.note(file.clocks.retry_at);
        return false;
    }
    switch (hosts_.admits(host, file, may_ask(record), now.boot)) {
    case job::Admittance::Yes: return true;
    case job::Admittance::Resting: prospect.note(hosts_.rest_of(host, now.boot)->until); return false;
    case job::Admittance::Full: prospect.is_full = true; return false;
    }
    return false;
}

bool TransferRunner::may_start(const JobRecord& record) {
    auto now = context_.clock.now();
    if (record.waiting_files().empty() && hosts_.are_all_free(now.boot)) return true;
    Prospect prospect;
    const auto& files = record.working_files();
    for (size_t i = record.cursor; i < files.size(); ++i) {
        auto index = static_cast<uint32_t>(i);
        if (wants_transfer(record, index) && consider(record, index, prospect, now)) return true;
    }
    if (prospect.is_full) return false;
    auto deferred = job::deferred(record.working(), files, rests_of(record), now);
    bool waits = deferred.has_value();
    context_.commits.stage(std::move(deferred));
    return !waits;
}

/// Nothing of a running job is in transfer, and nothing could be started.
void TransferRunner::rest(JobRecord& record, const Prospect& prospect, Now now) {
    const auto& job = record.working();
    record.next_file.stop();
    if (auto settled = job::settled(job, record.working_files(), now))
        return context_.commits.stage(std::move(settled));
    auto deferred = job::deferred(job, record.working_files(), rests_of(record), now);
    if (!deferred && prospect.is_full && job.http.method.empty()) deferred = job::interrupted(job, now);
    context_.commits.stage(std::move(deferred));
}

/// A file can fail for good while it is in transfer.
void TransferRunner::halt_failed(JobRecord& record) {
    for (auto& [index, transfer] : record.transfers) {
        if (!record.working_files()[index].failed || transfer.halting) continue;
        transfer.halting = true;
        context_.workers.halt(transfer.owner, transfer.ticket);
    }
}

job::Host TransferRunner::host_of(const JobRecord& record, uint32_t index) const {
    const auto& job = record.working();
    const auto& file = record.working_files()[index];
    if (!file.clocks.server.empty()) return {job.owner, file.clocks.server};
    return {job.owner, job::server_of(job::url_of(file), job.http.proxy)};
}

bool TransferRunner::may_ask(const JobRecord& record) {
    return record.may_ask || (record.working().priority == job::Priority::Foreground && !record.has_asked);
}

job::RestOf TransferRunner::rests_of(const JobRecord& record) const {
    return [this, &record](uint32_t index) {
        return hosts_.rest_of(host_of(record, index), context_.clock.now().boot);
    };
}

void TransferRunner::launch(JobRecord& record, uint32_t index) {
    auto owner = record.working().owner;
    auto now = context_.clock.now().boot;
    const auto& file = record.working_files()[index];
    ActiveTransfer transfer;
    if (job::is_upload(record.working().type)) {
        transfer.ticket = context_.workers.upload(owner, upload_order(record, index));
        transfer.owner = owner;
        transfer.moved = transfer.base = file.offset;
    } else {
        auto order = fetch_order(record, index);
        transfer = transfer_of(record, order, context_.workers.fetch(owner, order));
    }
    transfer.host = host_of(record, index);
    transfer.started_at = now;
    transfer.repeated = file.clocks.refused_at.has_value();
    bool rests = hosts_.rest_of(transfer.host, now).has_value();
    record.has_asked = rests;
    if (rests) record.may_ask = false;
    hosts_.started(transfer.host, now);
    has_asked_ = true;
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
    const auto& last = ended.last;
    hosts_.ended(last.host, last.started_at, last.answered, context_.clock.now().boot);
    on_end_();
    return ended;
}

// ---- what is learnt of servers ----

/// The server that answers may be another one than was asked.
void TransferRunner::note_answer(const job::Job& job, ActiveTransfer& transfer, const std::string& origin) {
    if (std::exchange(transfer.answered, true)) return;
    auto now = context_.clock.now().boot;
    auto server = job::server_of(origin, job.http.proxy);
    if (!server.empty() && server != transfer.host.server) {
        hosts_.ended(transfer.host, transfer.started_at, false, now);
        transfer.host.server = server;
        hosts_.started(transfer.host, transfer.started_at);
    }
    hosts_.answered(transfer.host, transfer.started_at, now);
    if (transfer.repeated) hosts_.confirm_limit(transfer.host, now);
}

/// A server that refuses a request while it has others of ours may only bear fewer of them.
void TransferRunner::learn(const Ended& ended, job::Failure& failure) {
    const auto& job = ended.job();
    if (failure.by_proxy || !job::is_trustworthy(job.http.security)) return;
    auto now = context_.clock.now().boot;
    auto host = ended.last.host;
    if (auto server = job::server_of(failure.origin, job.http.proxy); !server.empty()) host.server = server;
    failure.refused = !ended.last.answered && job::is_refusal(failure) && hosts_.in_flight(host) > 0;
    if (failure.refused)
        hosts_.refused(host, now);
    else if (ended.last.repeated && !ended.last.answered)
        hosts_.drop_limit(host);
    take_rest(host, failure);
}

void TransferRunner::take_rest(const job::Host& host, const job::Failure& failure) {
    const auto& error = failure.error;
    bool rests = error.cause == job::Cause::HttpStatus && (error.code == 429 || error.code == 503);
    if (!rests || failure.retry_after.count() <= 0) return;
    auto now = context_.clock.now();
    Usec span = std::min({failure.retry_after, job::LongestRest, context_.config.retry.maximum_retry_after});
    job::JobError why{error.cause, error.code,
                      fmt::format("{} asks for no requests at present: {}", host.server, error.message),
                      job::NoFile};
    hosts_.rest(host, {now.boot + span, now.wall + span, why});
    if (auto rest = hosts_.rest_of(host, now.boot)) context_.commits.set_rest({host, rest->date, rest->why});
}

void TransferRunner::restore_rests(const std::vector<store::Rest>& rests) {
    auto now = context_.clock.now();
    for (const auto& stored : rests) {
        auto left = std::min<Usec>(stored.until - now.wall, job::LongestRest);
        if (left > Usec{0}) hosts_.rest(stored.host, {now.boot + left, now.wall + left, stored.why});
    }
    if (!rests.empty()) context_.commits.forget_rests(now.wall);
}

/// When the daemon starts before the network is there, that is no change of the network.
void TransferRunner::forget_hosts() {
    if (!has_asked_) return;
    hosts_.forget_all();
    context_.commits.forget_rests({Usec{INT64_MAX}});
}

/// A server that sends a few bytes and hangs up has not made the file flow again. Nor has one that was sent
/// bytes: they have to be sent again unless it speaks tus.
bool TransferRunner::has_advanced(const Found& found, uint64_t moved) {
    if (job::is_upload(found.job().type) && found.file().upload_url.empty()) return false;
    const auto& transfer = found.transfer();
    return moved >= transfer.base + std::min<uint64_t>(Advance, job::size_of(found.file()));
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
    note_answer(found.job(), transfer, begun.origin);
    transfer.moved = transfer.base = begun.report.offset;
    if (begun.restarted) transfer.before = 0;
    bool goes_on = job::is_running(decision->job.state) && !decision->files.at(found.index).failed;
    bool waits = begun.restarted && goes_on;
    context_.commits.stage(std::move(*decision), [=, this, owner = transfer.owner](const Status& stored) {
        if (stored && waits) return context_.workers.proceed(owner, ticket);
        if (!stored) context_.workers.halt(owner, ticket);
    });
}

void TransferRunner::progress(Ticket ticket, const Progress& progress) {
    auto found = find(ticket);
    if (!found || found.transfer().ignored) return;
    bool more = progress.moved > std::exchange(found.transfer().moved, progress.moved);
    if (more)
        context_.commits.stage(job::progressed(found.job(), found.index, found.file(),
                                               has_advanced(found, progress.moved), context_.clock.now()));
    if (const auto& reply = progress.reply)
        context_.commits.stage(job::replied(found.job(), reply->total, reply->received));
    context_.announcer.progressed(*found.record);
}

void TransferRunner::checkpointed(Ticket ticket, const job::Report& report) {
    auto found = find(ticket);
    if (!found || found.transfer().ignored) return;
    auto measured = report;
    measured.advanced = has_advanced(found, report.offset);
    context_.commits.stage(job::checkpointed(found.job(), found.index, found.file(), measured,
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
    learn(ended, with_file);
    const auto& record = *ended.record;
    job::Around around{!record.transfers.empty(), rests_of(record)};
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
