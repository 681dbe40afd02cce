// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/permit_table.hpp"

#include "daemon/manager/new_id.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace haulier::daemon {

Result<job::Id> PermitTable::add(uint32_t owner, const job::PermitRequest& request) {
    auto owned = std::count_if(permits_.begin(), permits_.end(),
                               [&](const auto& entry) { return entry.second.like.owner == owner; });
    if (static_cast<size_t>(owned) >= job::PermitsPerUser)
        return Error{Errc::TooManyJobs, fmt::format("a user can have {} permits at a time; release one first",
                                                    job::PermitsPerUser)};
    auto permit = job::make_permit(new_id(), owner, request, context_.jobs.next_in_queue());
    if (!permit) return permit.error();
    auto id = permit->like.id;
    permits_.emplace(id, std::move(*permit));
    return id;
}

void PermitTable::remove(const job::Id& id) {
    permits_.erase(id);
    context_.on_activity();
}

const job::Permit* PermitTable::find(const job::Id& id) const {
    auto found = permits_.find(id);
    return found == permits_.end() ? nullptr : &found->second;
}

void PermitTable::review(const std::function<void(job::Job&)>& set_bars, const job::Conditions& conditions,
                         WallTime now) {
    for (auto& [id, permit] : permits_) {
        set_bars(permit.like);
        if (!job::is_admissible(permit, conditions, now)) permit.slot_since.reset();
    }
}

std::vector<job::Waiting> PermitTable::waiting_for_slot(const job::Conditions& conditions,
                                                        WallTime now) const {
    std::map<uint32_t, const job::Permit*> first;
    for (const auto& [id, permit] : permits_)
        if (permit.slot_since) first[permit.like.owner] = &permit;
    for (const auto& [id, permit] : permits_) {
        if (!permit.takes_slot || permit.slot_since || !job::is_admissible(permit, conditions, now)) continue;
        auto& present = first.try_emplace(permit.like.owner, &permit).first->second;
        auto before = permit.like.priority <=> present->like.priority;
        if (before < 0 || (before == 0 && !present->slot_since && permit.since < present->since))
            present = &permit;
    }
    std::vector<job::Waiting> waiting;
    for (const auto& [owner, permit] : first)
        if (!permit->slot_since) waiting.push_back(job::as_waiting(permit->like, permit->since));
    return waiting;
}

/// A program is not interrupted at the end of a time slice.
std::vector<job::Running> PermitTable::with_slot() const {
    std::vector<job::Running> running;
    for (const auto& [id, permit] : permits_)
        if (permit.slot_since)
            running.push_back({id, permit.like.priority, *permit.slot_since, permit.like.owner, true});
    return running;
}

void PermitTable::grant_slot(const job::Id& id, BootTime now) {
    if (auto found = permits_.find(id); found != permits_.end()) found->second.slot_since = now;
}

void PermitTable::take_slot(const job::Id& id) {
    if (auto found = permits_.find(id); found != permits_.end()) found->second.slot_since.reset();
}

void PermitTable::announce(const job::Conditions& conditions, WallTime now) {
    for (auto& [id, permit] : permits_) {
        auto why = job::wait_reason(permit, conditions, now, !context_.commits.is_failing());
        if (why == permit.why) continue;
        permit.why = why;
        context_.announcer.observer().permit_changed(permit);
    }
}

WallTime PermitTable::next_date(WallTime now) const {
    WallTime next;
    for (const auto& [id, permit] : permits_)
        if (permit.like.not_before > now && (next == WallTime{} || permit.like.not_before < next))
            next = permit.like.not_before;
    return next;
}

} // namespace haulier::daemon
