// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job/hold.hpp"

#include "job/outcomes.hpp"
#include "job/transitions.hpp"

#include <algorithm>

namespace haulier::job {

namespace {

constexpr WallTime NoEnd;

void note_end(std::optional<WallTime>& first, WallTime end) {
    if (end != NoEnd && (!first || end < *first)) first = end;
}

/// The files' no-progress clocks have stood still for as long as the bar lasted.
void continue_clocks(Decision& d, const std::vector<File>& files, BootTime barred_since, Now now) {
    for (uint32_t i = 0; i < files.size(); ++i) {
        const auto& since = files[i].clocks.stalled_since;
        if (!since) continue;
        auto& after = d.files.emplace(i, files[i]).first->second;
        after.clocks.stalled_since = std::min(now.boot, *since + (now.boot - barred_since));
    }
}

} // namespace

void Holds::set(Scope scope, WallTime until) {
    if (scope)
        owners[*scope] = until;
    else
        all = until;
}

void Holds::release(Scope scope) {
    if (scope)
        owners.erase(*scope);
    else
        all.reset();
}

std::optional<WallTime> held_until(const Holds& holds, uint32_t owner) {
    auto own = holds.owners.find(owner);
    if (own == holds.owners.end()) return holds.all;
    if (!holds.all) return own->second;
    if (own->second == NoEnd || *holds.all == NoEnd) return NoEnd;
    return std::max(own->second, *holds.all);
}

std::optional<WallTime> next_end(const Holds& holds) {
    std::optional<WallTime> first;
    if (holds.all) note_end(first, *holds.all);
    for (const auto& [owner, until] : holds.owners)
        note_end(first, until);
    return first;
}

std::vector<Scope> drop_ended(Holds& holds, WallTime now) {
    auto has_ended = [&](WallTime until) { return until != NoEnd && until <= now; };
    std::vector<Scope> ended;
    if (holds.all && has_ended(*holds.all)) ended.emplace_back();
    for (const auto& [owner, until] : holds.owners)
        if (has_ended(until)) ended.emplace_back(owner);
    for (const auto& scope : ended)
        holds.release(scope);
    return ended;
}

Status check_end_of_hold(WallTime until, WallTime now) {
    if (until == NoEnd || until > now) return Done{};
    return Error{Errc::InvalidArgument, "the end of the hold is in the past; 0 means until it is released"};
}

std::optional<Decision> bar_is(const Job& job, const std::vector<File>& files, const std::optional<Bar>& bar,
                               Now now) {
    if (job.clocks.bar == bar || is_final(job.state)) return std::nullopt;
    Decision d = untouched(job, now);
    d.job.clocks.bar = bar;
    if (!job.clocks.bar) {
        d.job.clocks.barred_since = now.boot;
        d.job.clocks.stalled_since.reset();
        if (is_running(job.state) && !has_custom_method(job)) cut_off(d, now);
    } else if (!bar) {
        if (is_active(job.state)) touch(d.job, now);
        continue_no_progress(d.job, now);
        continue_clocks(d, files, job.clocks.barred_since, now);
    }
    return d;
}

} // namespace haulier::job
