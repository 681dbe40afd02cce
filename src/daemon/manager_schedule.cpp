// SPDX-License-Identifier: LGPL-2.1-or-later
// Whose turn it is, and which of its files are fetched next.
#include "daemon/manager.hpp"

#include "job/schedule.hpp"

namespace haulier::daemon {

void Manager::schedule_soon() {
    if (!schedule_ && !leave_ && !again_) schedule_ = loop_.defer([this] { schedule(); });
}

void Manager::schedule() {
    schedule_.reset();
    std::vector<job::Waiting> queue;
    size_t running = 0;
    for (auto& [id, entry] : entries_) {
        // What this turn has decided already counts, though it is not durable yet.
        const auto* staged = ledger_.staged_job(id);
        auto state = staged ? staged->state : entry->job.state;
        if (state == job::State::Queued && !staged) queue.push_back({id, entry->queued_since});
        if (!job::is_running(state)) continue;
        ++running;
        if (!staged) fill(*entry);
    }
    for (const auto& id : job::to_grant(std::move(queue), running, config_.jobs_at_once))
        stage(job::granted(entry_of(id)->job));
}

/// Starts as many files of a running job as may be in flight.
void Manager::fill(Entry& entry) {
    auto& files = entry.files;
    while (entry.cursor < files.size() && files[entry.cursor].transferred)
        ++entry.cursor;
    for (size_t i = entry.cursor; i < files.size() && entry.flights.size() < config_.files_at_once; ++i) {
        auto index = static_cast<uint32_t>(i);
        // A file whose news of this turn is not durable yet waits for the next.
        if (files[i].transferred || entry.flights.contains(index) || ledger_.staged_file(entry.job.id, index))
            continue;
        auto ticket = crew_.fetch(entry.job.owner, {entry.job.id, index, files[i]});
        entry.flights[index] = {ticket, files[i].offset, false};
        flown_[ticket] = {entry.job.id, index};
    }
}

} // namespace haulier::daemon
