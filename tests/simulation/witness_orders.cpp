// SPDX-License-Identifier: LGPL-2.1-or-later
// What the daemon orders from workers.
#include "witness.hpp"

#include "job/files_in_flight.hpp"
#include "job/state.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::simulation {

using daemon::JobRecord;

void Witness::ordered(const SimulatedWorkers::Transfer& transfer) {
    if (transfer.job == job::Id{}) return;
    world_.note([&] {
        return fmt::format("{} fetch {} of {} from {}", transfer.job.hex.substr(0, 8), transfer.index,
                           transfer.url, transfer.moved);
    });
    const auto* record = manager_->find(transfer.job);
    if (!record) return fault(transfer.job, "a file of a job is fetched that does not exist");
    if (!job::is_running(record->durable().state))
        fault(transfer.job, "a file is fetched, and it does not run");
    if (job::held_until(manager_->holds(), transfer.owner) && record->durable().http.method.empty())
        fault(transfer.job, "a file is fetched, and its owner's jobs are held");
    if (record->durable().owner != transfer.owner) fault(transfer.job, "a file is fetched by a former owner");
    if (transfer.file.transferred && !transfer.sparse) fault(transfer.job, "a file is fetched that is here");
    auto answered = std::count_if(record->transfers.begin(), record->transfers.end(), [](const auto& entry) {
        return entry.second.answered && !entry.second.halting;
    });
    size_t most = job::files_in_limit(
        job::files_in_flight({config_.files_at_once, config_.small_files_at_once}, ~uint32_t{0}, false),
        record->durable().bandwidth_limit);
    if (static_cast<size_t>(answered) >= most)
        fault(transfer.job, "too many of its files are fetched at a time");
    check_rest(transfer, *record);
    check_offset(transfer);
}

/// A server that asks for no requests gets none, except one after Resume, or of a job in the foreground.
void Witness::check_rest(const SimulatedWorkers::Transfer& transfer, const JobRecord& record) {
    auto rest = rests_.find({transfer.owner, place_of(transfer.url).host});
    bool rests = rest != rests_.end() && rest->second.until > world_.bus.now;
    if (!rests || clock_has_jumped) return;
    bool is_resumed = std::exchange(jobs[transfer.job].may_ask, false);
    if (!is_resumed && record.durable().priority != job::Priority::Foreground)
        fault(transfer.job, fmt::format("a server is asked that wants to rest until {}",
                                        rest->second.until.since_boot.count()));
}

/// If the file has got its name and that could not be stored, the worker finds out.
void Witness::check_offset(const SimulatedWorkers::Transfer& transfer) {
    if (transfer.sparse || transfer.moved == 0 || world_.renamed.contains(transfer.path)) return;
    auto local = world_.disk.find(transfer.path);
    if (local == world_.disk.end() || local->second.durable < transfer.moved)
        fault(transfer.job, fmt::format("file {} continues behind its durable bytes", transfer.index));
    else if (transfer.file.validators.etag != fmt::format("\"{}\"", local->second.version))
        fault(transfer.job, fmt::format("file {} continues with another version", transfer.index));
}

void Witness::failed(const SimulatedWorkers::Transfer& transfer, const job::Failure& failure) {
    world_.note([&] {
        return fmt::format("{} file {} failed: {}", transfer.job.hex.substr(0, 8), transfer.index,
                           failure.error.message);
    });
    if (failure.retry_after.count() == 0) return;
    auto& rest = rests_[{transfer.owner, place_of(transfer.url).host}];
    auto until = world_.bus.now + std::min<Usec>(failure.retry_after, job::LongestRest);
    if (until <= rest.until) return;
    rest = {world_.bus.now, until, rest.until};
}

} // namespace haulier::simulation
