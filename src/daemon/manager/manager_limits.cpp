// SPDX-License-Identifier: LGPL-2.1-or-later
// How much each owner may have.
#include "daemon/manager/manager.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace haulier::daemon {

namespace {

constexpr uint32_t Root = 0;

job::Usage without(job::Usage load, const job::Usage& less) {
    load.text -= less.text;
    load.jobs -= less.jobs;
    return load;
}

} // namespace

/// Whoever updates the machine is not stopped by what others have piled up. In a session root is a user.
bool Manager::is_exempt(uint32_t user) const {
    return instance_ == Instance::System && user == Root;
}

job::Limits Manager::limits_of(uint32_t owner) const {
    return is_exempt(owner) ? job::unlimited(config_.limits) : config_.limits;
}

uint32_t Manager::most_calls_of(uint32_t caller) const {
    return is_exempt(caller) ? std::numeric_limits<uint32_t>::max() : config_.calls_per_user;
}

/// How the decision makes its job grow.
job::Usage Manager::growth_by(const job::Decision& decision, uint32_t more_jobs) const {
    const auto& job = decision.job;
    const auto* entry = find(job.id);
    uint64_t before = 0;
    auto after = job::memory_size(job);
    if (entry) before += job::memory_size(*latest(job.id));
    for (const auto& [index, file] : decision.files) {
        after += job::memory_size(file);
        const auto* staged = commits_.staged_file(job.id, index);
        if (!staged && entry && index < entry->files.size()) staged = &entry->files[index];
        if (staged) before += job::memory_size(*staged);
    }
    return {more_jobs, after - std::min(before, after)};
}

/// May the job grow as decided? Then the room is kept for it.
Status Manager::admit(const job::Decision& decision, uint32_t more_jobs) {
    auto more = growth_by(decision, more_jobs);
    auto ok = check_usage(decision.job.owner, usage_.all(), more);
    if (ok) usage_.reserve(decision.job.owner, more.text);
    return ok;
}

/// May the job be another user's?
Status Manager::admit_owner(const JobRecord& entry, uint32_t uid) {
    job::Usage load{1, entry.charge.load.text};
    return check_usage(uid, without(usage_.all(), load), load);
}

/// `others`: what all have beside. Ended jobs that are kept for readers make room.
Status Manager::check_usage(uint32_t owner, const job::Usage& others, const job::Usage& more) {
    auto limits = limits_of(owner);
    auto ok = job::check_usage(usage_.of(owner), others, more, limits);
    if (ok || ok.error().code != Errc::TooLarge) return ok;
    std::vector<job::Id> gone;
    for (const auto& [id, entry] : jobs_)
        if (entry->gone && entry->job.owner == owner) gone.push_back(id);
    auto all = others;
    for (const auto& id : gone) {
        all.text -= find(id)->charge.load.text;
        drop(id);
    }
    return job::check_usage(usage_.of(owner), all, more, limits);
}

/// What servers tell is then not kept: nobody asked whether it may be.
bool Manager::is_full(uint32_t owner) const {
    auto limits = limits_of(owner);
    return usage_.of(owner).text >= limits.text_per_user || usage_.all().text >= limits.text;
}

void Manager::book(JobRecord& entry, uint64_t text) {
    Charge now{entry.job.owner, {job::is_final(entry.job.state) ? 0U : 1U, text}};
    usage_.book(entry.charge, now);
    entry.charge = now;
}

/// Not even for readers any more.
void Manager::drop(const job::Id& id) {
    auto found = jobs_.find(id);
    usage_.book(found->second->charge, {});
    observer_->forgotten(id);
    jobs_.erase(found);
}

} // namespace haulier::daemon
