// SPDX-License-Identifier: LGPL-2.1-or-later
// The runs of the daemon, and what is left of each in the store.
#include "witness.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace haulier::simulation {

using std::chrono::seconds;

namespace {

/// The parts that no start of the daemon derives anew.
bool is_same(const job::File& a, const job::File& b) {
    return a.spec == b.spec && a.total == b.total && a.offset == b.offset && a.validators == b.validators &&
           a.inode == b.inode && a.transferred == b.transferred && a.completed == b.completed &&
           a.failed == b.failed && a.failures == b.failures && a.wanted == b.wanted && a.filled == b.filled &&
           a.validation == b.validation && a.error == b.error && a.wait == b.wait;
}

} // namespace

void Witness::attach(daemon::Manager& manager, SimulatedWorkers& workers) {
    manager_ = &manager;
    workers_ = &workers;
    attached_at_ = world_.bus.now;
    is_ending = false;
    first_call_ = world_.bus.next_number();
}

/// A hold whose call was not answered may have been stored or not.
void Witness::check_holds() {
    auto now = world_.now().wall;
    auto held = manager_->holds();
    job::drop_ended(holds, now);
    if (std::exchange(open_holds, 0) == 0 && !clock_has_jumped && holds != held)
        world_.fault("other jobs are held after a restart");
    holds = held;
}

void Witness::started() {
    check_holds();
    if (world_.bus.now < store_works_since) return;
    for (const auto* record : manager_->list(true)) {
        auto& seen = jobs[record->durable().id];
        follow(seen, seen.job, record->durable());
        seen.job = without_clocks(record->durable());
    }
}

void Witness::detach() {
    manager_ = nullptr;
    workers_ = nullptr;
    for (auto& [id, seen] : jobs) {
        seen.object.reset();
        seen.open_call = 0;
    }
    forget_unstored_rests();
    // Whatever was in flight, its acknowledgement has not arrived.
    for (auto& [id, seen] : jobs)
        for (auto& [event, owed] : seen.owed)
            owed.first_call = world_.bus.next_number();
}

/// What was learnt last, or while the store was broken, may not have been stored.
void Witness::forget_unstored_rests() {
    for (auto& [host, rest] : rests_) {
        if (rest.told_at + seconds{1} > world_.bus.now) rest.until = rest.until_before;
        if (rest.told_at < store_works_since + seconds{1}) rest.until = {};
    }
    std::erase_if(rests_, [&](const auto& rest) { return rest.second.until <= world_.bus.now; });
}

store::StoredJobs Witness::shown() const {
    store::StoredJobs all;
    for (const auto* record : manager_->list()) {
        store::StoredJob one{without_clocks(record->durable()), {}};
        for (uint32_t i = 0; i < record->durable_file_count(); ++i) {
            one.files.push_back(record->durable_file(i));
            one.files.back().clocks = {};
        }
        all.push_back(std::move(one));
    }
    return all;
}

void Witness::check_stored(const store::StoredJobs& stored, const std::optional<store::StoredJobs>& shown) {
    std::map<job::Id, const store::StoredJob*> by_id;
    for (const auto& one : stored)
        by_id[one.job.id] = &one;
    for (auto& [id, seen] : jobs) {
        auto found = by_id.find(id);
        if (seen.removed) continue;
        if (found == by_id.end()) {
            seen.removed = !shown && job::is_final(seen.job.state);
            if (!seen.removed) fault(id, "it is lost");
            seen.owed.clear();
            continue;
        }
        // What was committed last may not have been announced.
        auto before = seen.job;
        if (!(before == found->second->job) && !shown) {
            follow(seen, before, found->second->job);
            forget_lost_files(seen, [](uint32_t) { return false; });
        }
        seen.job = found->second->job;
        const auto& files = found->second->files;
        forget_lost_files(seen, [&](uint32_t index) { return files[index].transferred; });
    }
    for (const auto& one : stored)
        if (!jobs.contains(one.job.id)) jobs[one.job.id].job = one.job;
    if (!shown) return;
    for (const auto& one : *shown) {
        auto found = by_id.find(one.job.id);
        if (found == by_id.end())
            fault(one.job.id, "it was shown, and is not stored");
        else
            compare(one, *found->second);
    }
}

/// Clients are shown what is stored.
void Witness::compare(const store::StoredJob& shown, const store::StoredJob& stored) {
    const auto& id = shown.job.id;
    if (stored.job.state != shown.job.state)
        fault(id, fmt::format("it was shown as {}, and is stored as {}", static_cast<int>(shown.job.state),
                              static_cast<int>(stored.job.state)));
    if (!job::has_same_settings(shown.job, stored.job))
        fault(id, "its settings were shown otherwise than they are stored");
    bool are_same =
        std::equal(shown.files.begin(), shown.files.end(), stored.files.begin(), stored.files.end(), is_same);
    if (!are_same) fault(id, "its files were shown otherwise than they are stored");
}

} // namespace haulier::simulation
