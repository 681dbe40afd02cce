// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/admission.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace haulier::daemon {

namespace {

constexpr uint32_t Root = 0;

job::Usage without(job::Usage usage, const job::Usage& less) {
    usage.text -= less.text;
    usage.jobs -= less.jobs;
    return usage;
}

} // namespace

Admission::Admission(const Config& config, Instance instance, const JobTable& jobs, UsageAccounting& usage,
                     std::function<void(uint32_t owner)> evict)
    : config_(config), instance_(instance), jobs_(jobs), usage_(usage), evict_(std::move(evict)) {}

/// Other users' jobs must not stop the updates of the machine. In a session, root is a user like others.
bool Admission::is_exempt(uint32_t user) const {
    return instance_ == Instance::System && user == Root;
}

job::Limits Admission::limits_of(uint32_t owner) const {
    return is_exempt(owner) ? job::unlimited(config_.limits) : config_.limits;
}

uint32_t Admission::most_calls_of(uint32_t caller) const {
    return is_exempt(caller) ? std::numeric_limits<uint32_t>::max() : config_.calls_per_user;
}

Status Admission::check(uint32_t owner, const job::Usage& more, const job::Usage& excluded) const {
    return job::check_usage(usage_.of(owner), without(usage_.all(), excluded), more, limits_of(owner));
}

Status Admission::make_room(uint32_t owner, const job::Usage& more, const job::Usage& excluded) {
    auto ok = check(owner, more, excluded);
    if (ok || ok.error().code != Errc::TooLarge) return ok;
    evict_(owner);
    return check(owner, more, excluded);
}

Status Admission::admit(const job::Decision& decision) {
    return make_room(decision.job.owner, growth_by(decision));
}

Status Admission::admit_owner(const JobRecord& record, uint32_t uid) {
    job::Usage usage{1, record.charge.load.text};
    return make_room(uid, usage, usage);
}

job::Usage Admission::growth_by(const job::Decision& decision) const {
    const auto* record = jobs_.find(decision.job.id);
    auto before = record ? record->memory_size_of(decision.files) : 0;
    auto after = job::memory_size(decision.job);
    for (const auto& [index, file] : decision.files)
        after += job::memory_size(file);
    return {record ? 0U : 1U, after - std::min(before, after)};
}

bool Admission::is_full(uint32_t owner) const {
    auto limits = limits_of(owner);
    return usage_.of(owner).text >= limits.text_per_user || usage_.all().text >= limits.text;
}

} // namespace haulier::daemon
