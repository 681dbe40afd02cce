// SPDX-License-Identifier: LGPL-2.1-or-later
// What the workers report.
#include "daemon/manager.hpp"

#include "daemon/orders.hpp"

namespace haulier::daemon {

namespace {

constexpr Usec ProgressEvery{500'000};

} // namespace

Entry* Manager::flying(Ticket ticket, uint32_t& index) {
    auto found = flown_.find(ticket);
    if (found == flown_.end()) return nullptr;
    index = found->second.index;
    return entry_of(found->second.id);
}

/// The ticket's last word has come.
Manager::Aloft Manager::land(Ticket ticket) {
    Aloft landed;
    landed.entry = flying(ticket, landed.index);
    flown_.erase(ticket);
    stirred_();
    if (!landed) return landed;
    landed.flight = std::move(landed.entry->flights.extract(landed.index).mapped());
    schedule_soon();
    leave_if_quiet();
    return landed;
}

void Manager::begun(Ticket ticket, const job::Begun& begun) {
    uint32_t index = 0;
    auto* entry = flying(ticket, index);
    if (!entry || entry->flights[index].halting) return;
    auto kept = begun;
    if (is_full(entry->job.owner)) kept.headers.clear();
    auto decision = job::begun(*latest(entry->job.id), index, latest_file(*entry, index), kept,
                               config_.limits, clock_.now());
    if (!decision) return;
    auto& flight = entry->flights[index];
    flight.moved = begun.report.offset;
    if (begun.restarted) flight.before = 0;
    bool waits = begun.restarted && job::is_running(decision->job.state);
    ledger_.stage(std::move(*decision), [=, this, owner = flight.owner](const Status& stored) {
        if (stored && waits) return crew_.proceed(owner, ticket);
        if (!stored) crew_.halt(owner, ticket);
    });
}

void Manager::progress(Ticket ticket, const Progress& progress) {
    uint32_t index = 0;
    auto* entry = flying(ticket, index);
    if (!entry || entry->flights[index].lost) return;
    const auto& id = entry->job.id;
    auto& flight = entry->flights[index];
    bool more = progress.moved > flight.moved;
    flight.moved = progress.moved;
    if (more) stage(job::progressed(*latest(id), clock_.now()));
    if (progress.reply) stage(job::replied(*latest(id), progress.reply->total, progress.reply->received));
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

void Manager::checkpointed(Ticket ticket, const job::Report& report) {
    uint32_t index = 0;
    auto* entry = flying(ticket, index);
    if (!entry || entry->flights[index].lost) return;
    stage(job::checkpointed(*latest(entry->job.id), index, latest_file(*entry, index), report,
                            entry->flights[index].segments, clock_.now()));
}

void Manager::fetched(Ticket ticket, const job::Fetched& fetched) {
    auto landed = land(ticket);
    if (!landed || landed.flight.lost) return;
    auto& entry = *landed.entry;
    // The rest of an on-demand file's siblings counts, too. For others this would cost a commit a file.
    if (entry.job.on_demand) static_cast<void>(ledger_.flush());
    auto kept = fetched;
    if (is_full(entry.job.owner)) kept.headers.clear();
    auto adopted = std::exchange(entry.files[landed.index], latest_file(entry, landed.index));
    auto decision = job::fetched(*latest(entry.job.id), landed.index, entry.files, kept,
                                 landed.flight.segments, clock_.now());
    entry.files[landed.index] = std::move(adopted);
    stage(std::move(decision));
    show(landed.flight);
}

void Manager::failed(Ticket ticket, const job::Failure& failure) {
    auto landed = land(ticket);
    if (!landed || landed.flight.lost) return;
    auto with_file = failure;
    with_file.error.file = landed.index;
    stage(job::failed(*latest(landed.entry->job.id), landed.index, latest_file(*landed.entry, landed.index),
                      with_file, config_.retry, *random_, clock_.now()));
    show(landed.flight);
}

void Manager::halted(Ticket ticket) {
    auto landed = land(ticket);
    // Without being asked: the worker is gone, and the job queues again.
    if (landed && !landed.flight.halting)
        stage(job::interrupted(*latest(landed.entry->job.id), clock_.now()));
    if (landed) show(landed.flight);
}

/// While it flew, readers were shown more than is stored. They shall not see less until that is.
void Manager::show(const Flight& landed) {
    if (landed.moved > 0) static_cast<void>(ledger_.flush());
}

} // namespace haulier::daemon
