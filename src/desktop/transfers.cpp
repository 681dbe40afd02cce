// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/transfers.hpp"

#include "desktop/sentences.hpp"

#include <algorithm>
#include <utility>

namespace haulier::desktop {

namespace {

/// Shorter jobs only have a notice at their end.
constexpr Usec ShowDelay{1'000'000};
/// What a transferred job waits for its program, and an ended one for the signal that says how.
constexpr Usec EndGrace{5'000'000};
/// What a killed daemon takes to come back.
constexpr Usec AbsentGrace{15'000'000};
/// More jobs of one app share a view.
constexpr size_t MostViews = 3;

/// A job that was completed without any file is as good as cancelled.
Ending ending_of(const std::string& result, const Job& job) {
    if (result == "partial") return job.files_done > 0 ? Ending::Finished : Ending::Quiet;
    return result == "complete" ? Ending::Finished : Ending::Quiet;
}

bool has_its_bytes(const Job& job) {
    return job.state == JobState::Transferred || job.state == JobState::Ended;
}

} // namespace

// ---- events ----

const Job* Transfers::find(const JobKey& key) const {
    auto found = jobs_.find(key);
    return found == jobs_.end() ? nullptr : &found->second.job;
}

void Transfers::put(const JobKey& key, const Job& job, Found found, BootTime now) {
    if (job.state == JobState::Ended && !find(key)) return;
    auto [place, added] = jobs_.try_emplace(key);
    auto before = std::exchange(place->second.job, job);
    if (added) before.state = JobState::Suspended;
    note_change(key, place->second, before, added ? found : Found::New, now);
}

void Transfers::change(const JobKey& key, const Properties& properties, BootTime now) {
    auto found = jobs_.find(key);
    if (found == jobs_.end()) return;
    auto before = found->second.job;
    merge(found->second.job, properties);
    note_change(key, found->second, before, Found::New, now);
}

void Transfers::note_change(const JobKey& key, Record& record, const Job& before, Found found, BootTime now) {
    const auto& job = record.job;
    if (job.target != before.target || job.state != before.state) {
        auto folder = job.files == 1 ? folder_of(job.target) : job.target;
        record.folder = !job.is_upload && inspect_(folder) == TargetKind::Folder ? folder : "";
    }
    bool moved_before = found == Found::Before && (job.is_active() || job.done > 0);
    if (job.is_active() || moved_before) record.was_active = true;
    if (job.is_active() && !record.since) record.since = found == Found::Before ? now - ShowDelay : now;
    if (!has_its_bytes(job))
        record.transferred.reset();
    else if (!record.transferred)
        record.transferred = found == Found::Before ? now - EndGrace : now;
    if (job.is_active())
        for (auto& [app, group] : groups_)
            group.failed.erase(key);
    if (job.state != JobState::Error || before.state == JobState::Error) return;
    record.since.reset();
    record.was_active = false;
    if (found == Found::New) outcomes_.push_back({key, job, Ending::Failed, false});
}

void Transfers::end(const JobKey& key, const std::string& result, const Properties& facts) {
    Job job;
    if (const auto* known = find(key)) job = *known;
    merge(job, facts);
    jobs_.erase(key);
    auto ending = ending_of(result, job);
    outcomes_.push_back({key, std::move(job), ending, result == "partial"});
}

void Transfers::remove(const JobKey& key) {
    jobs_.erase(key);
}

void Transfers::keep_only(BusKind bus, const std::set<std::string>& ids) {
    std::erase_if(jobs_,
                  [&](const auto& entry) { return entry.first.bus == bus && !ids.contains(entry.first.id); });
}

void Transfers::set_present(BusKind bus, bool present, BootTime now) {
    if (present)
        absent_.erase(bus);
    else
        absent_.try_emplace(bus, now);
}

// ---- what follows from them ----

Update Transfers::update(BootTime now) {
    Update update;
    std::erase_if(jobs_, [&](const auto& entry) {
        return entry.second.job.state == JobState::Ended && now >= *entry.second.transferred + EndGrace;
    });
    auto moving = moving_by_app(now);
    form_groups(moving);
    settle_outcomes(update);
    end_groups(moving, update);
    make_views(moving, now, update);
    end_other_views(update);
    mention_waits(moving, update);
    update.next = next_change(now);
    return update;
}

/// Also those that a person has paused, but not those that were never started.
bool Transfers::moves(const JobKey& key, const Record& record, BootTime now) const {
    auto absent = absent_.find(key.bus);
    switch (record.job.state) {
    case JobState::Suspended: return record.was_active;
    case JobState::Queued:
    case JobState::Connecting:
    case JobState::Transferring:
    case JobState::TransientError: return absent == absent_.end() || now < absent->second + AbsentGrace;
    case JobState::Transferred:
    case JobState::Ended:
        return record.transferred && record.was_active && now < *record.transferred + EndGrace;
    case JobState::Error: return false;
    }
    return false;
}

bool Transfers::is_due(const Record& record, BootTime now) const {
    return !record.since || now >= *record.since + ShowDelay;
}

std::map<std::string, Transfers::Members> Transfers::moving_by_app(BootTime now) const {
    std::map<std::string, Members> moving;
    for (const auto& entry : jobs_)
        if (entry.second.job.visibility != Visibility::Hidden && moves(entry.first, entry.second, now))
            moving[entry.second.job.app].push_back(&entry);
    return moving;
}

void Transfers::form_groups(const std::map<std::string, Members>& moving) {
    for (const auto& [app, members] : moving)
        if (members.size() > MostViews) groups_.try_emplace(app);
}

void Transfers::settle_outcomes(Update& update) {
    for (const auto& outcome : std::exchange(outcomes_, {}))
        settle(outcome, update);
}

void Transfers::settle(const Outcome& outcome, Update& update) {
    const auto& job = outcome.job;
    auto group = groups_.find(job.app);
    auto ending = job.shows_result() ? outcome.ending : Ending::Quiet;
    if (group == groups_.end()) {
        auto id = view_id(outcome.key);
        bool had_view = shown_.contains(id);
        end_view(id, ending, ending == Ending::Failed ? shown_sentence(job.failure.message) : "", update);
        if (ending == Ending::Quiet) return;
        update.notices.push_back(notice_of(outcome));
        update.notices.back().had_view = had_view;
        return;
    }
    auto& counts = group->second;
    counts.failed.erase(outcome.key);
    if (outcome.ending != Ending::Failed) ++counts.ended;
    if (ending != Ending::Failed) counts.done += job.done;
    if (ending == Ending::Failed) counts.failed[outcome.key] = with_name(job, job.failure.message);
    if (ending == Ending::Finished) {
        ++counts.finished;
        counts.folders.insert(job.files == 1 ? folder_of(job.target) : job.target);
    }
}

/// If all that is left is paused, it may be so for days: what has ended is told now.
void Transfers::end_groups(const std::map<std::string, Members>& moving, Update& update) {
    auto is_on_its_way = [](const auto* entry) { return entry->second.job.state != JobState::Suspended; };
    for (auto next = groups_.begin(); next != groups_.end();) {
        auto group = next++;
        auto left = moving.find(group->first);
        bool is_over = left == moving.end();
        if (!is_over && std::any_of(left->second.begin(), left->second.end(), is_on_its_way)) continue;
        tell_end_of_group(group->first, group->second, is_over, update);
        if (is_over) groups_.erase(group);
    }
}

void Transfers::tell_end_of_group(const std::string& app, Group& group, bool is_over, Update& update) {
    auto ending = !group.failed.empty() ? Ending::Failed
                  : group.finished > 0  ? Ending::Finished
                                        : Ending::Quiet;
    auto notice = notice_of_group(app, group);
    if (is_over) {
        notice.had_view = shown_.contains(notice.view);
        end_view(notice.view, ending, ending == Ending::Failed ? notice.summary : "", update);
    } else {
        notice.view.clear();
    }
    if (ending != Ending::Quiet) update.notices.push_back(std::move(notice));
    group.finished = 0;
    group.failed.clear();
    group.folders.clear();
}

void Transfers::end_other_views(Update& update) {
    std::set<std::string> shown;
    for (const auto& view : update.views)
        shown.insert(view.id);
    for (const auto& id : std::set{shown_})
        if (!shown.contains(id)) end_view(id, Ending::Quiet, "", update);
    shown_ = std::move(shown);
}

void Transfers::end_view(const std::string& id, Ending ending, const std::string& sentence, Update& update) {
    if (shown_.erase(id) > 0) update.ended.push_back({id, ending, sentence});
}

std::optional<BootTime> Transfers::next_change(BootTime now) const {
    std::optional<BootTime> next;
    auto consider = [&](BootTime when) {
        if (when > now && (!next || when < *next)) next = when;
    };
    for (const auto& [key, record] : jobs_) {
        if (record.job.visibility == Visibility::Hidden) continue;
        if (record.since && record.job.is_active()) consider(*record.since + ShowDelay);
        if (record.transferred) consider(*record.transferred + EndGrace);
        auto absent = absent_.find(key.bus);
        if (absent != absent_.end() && record.job.is_active()) consider(absent->second + AbsentGrace);
    }
    return next;
}

bool Transfers::shows_progress_of(BusKind bus) const {
    return std::any_of(jobs_.begin(), jobs_.end(), [&](const auto& entry) {
        return entry.first.bus == bus && entry.second.job.shows_progress() && entry.second.job.is_active();
    });
}

} // namespace haulier::desktop
