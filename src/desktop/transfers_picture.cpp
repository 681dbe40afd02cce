// SPDX-License-Identifier: LGPL-2.1-or-later
// The views and notices that follow from the jobs.
#include "desktop/sentences.hpp"
#include "desktop/transfers.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace haulier::desktop {

std::string Transfers::view_id(const JobKey& key) {
    return (key.bus == BusKind::Session ? "session/" : "system/") + key.id;
}

std::string Transfers::group_id(const std::string& app) {
    return "app/" + app;
}

void Transfers::make_views(const std::map<std::string, Members>& moving, BootTime now, Update& update) {
    auto is_shown = [&](const auto* entry) {
        return entry->second.job.shows_progress() && is_due(entry->second, now);
    };
    for (const auto& [app, members] : moving) {
        Members shown;
        std::copy_if(members.begin(), members.end(), std::back_inserter(shown), is_shown);
        if (shown.empty()) continue;
        if (groups_.contains(app)) {
            update.views.push_back(view_of_group(app, shown));
            continue;
        }
        for (const auto* entry : shown)
            update.views.push_back(view_of(entry->first, entry->second));
    }
}

/// Once for each app and reason, until the app's jobs move again or have ended.
void Transfers::mention_waits(const std::map<std::string, Members>& moving, Update& update) {
    auto is_transferring = [](const auto* entry) {
        return entry->second.job.state == JobState::Transferring;
    };
    std::set<std::pair<std::string, std::string>> keep;
    for (const auto& [app, members] : moving) {
        auto waiting = waiting_by_reason(members);
        for (const auto& [reason, those] : waiting)
            if (mentioned_waits_.emplace(app, reason).second)
                update.notices.push_back(notice_of_wait(app, reason, those));
        bool moves_again = std::any_of(members.begin(), members.end(), is_transferring);
        for (const auto& wait : mentioned_waits_)
            if (wait.first == app && (!moves_again || waiting.contains(wait.second))) keep.insert(wait);
    }
    mentioned_waits_ = std::move(keep);
}

std::map<std::string, Transfers::Members> Transfers::waiting_by_reason(const Members& members) {
    std::map<std::string, Members> waiting;
    for (const auto* entry : members)
        if (auto reason = curable_wait(entry->second.job); !reason.empty()) waiting[reason].push_back(entry);
    return waiting;
}

Notice Transfers::notice_of_wait(const std::string& app, const std::string& reason, const Members& waiting) {
    const auto& first = waiting.front()->second.job;
    Notice notice{.kind = NoticeKind::Waiting, .app = app, .icon = first.shown_icon()};
    notice.summary = summary_of(first, NoticeKind::Waiting);
    notice.body = wait_sentence(first, waiting.size());
    if (reason == "cost") notice.actions = {NoticeAction::UseNetwork};
    for (const auto* entry : waiting)
        notice.jobs.push_back(entry->first);
    return notice;
}

View Transfers::view_of(const JobKey& key, const Record& record) const {
    const auto& job = record.job;
    View view{.id = view_id(key), .app = job.app, .icon = job.shown_icon()};
    view.title = shown_name(job.name);
    view.info = info_of(job);
    view.folder = record.folder;
    view.suspended = job.state == JobState::Suspended;
    view.done = job.done;
    view.total = job.total();
    view.rate = job.rate;
    view.files = job.files;
    view.files_done = job.files_done;
    view.jobs = {key};
    return view;
}

View Transfers::view_of_group(const std::string& app, const Members& members) const {
    const auto& group = groups_.at(app);
    View view{.id = group_id(app), .app = app};
    std::set<std::string> infos;
    std::set<std::string> folders;
    view.total = group.done;
    view.done = group.done;
    view.suspended = true;
    for (const auto* entry : members) {
        auto one = view_of(entry->first, entry->second);
        infos.insert(one.info);
        folders.insert(one.folder);
        view.suspended = view.suspended && one.suspended;
        view.done += one.done;
        view.total = view.total && one.total ? std::optional{*view.total + *one.total} : std::nullopt;
        view.rate += one.rate;
        view.files += one.files;
        view.files_done += one.files_done;
        view.jobs.push_back(entry->first);
    }
    view.title = title_of_several(members.size() + group.ended);
    if (infos.size() == 1) view.info = *infos.begin();
    if (folders.size() == 1) view.folder = *folders.begin();
    return view;
}

Notice Transfers::notice_of(const Outcome& outcome) const {
    const auto& job = outcome.job;
    bool failed = outcome.ending == Ending::Failed;
    Notice notice{.kind = failed ? NoticeKind::Failed : NoticeKind::Finished, .view = view_id(outcome.key)};
    notice.app = job.app;
    notice.icon = job.shown_icon();
    notice.summary = outcome.is_partial ? summary_of_part(job) : summary_of(job, notice.kind);
    notice.body = failed ? with_name(job, job.failure.message) : shown_name(job.name);
    notice.jobs = {outcome.key};
    if (failed) {
        notice.actions = {NoticeAction::TryAgain};
        return notice;
    }
    auto kind = job.is_upload ? TargetKind::Gone : inspect_(job.target);
    if (kind == TargetKind::Gone) return notice;
    notice.target = job.target;
    if (kind == TargetKind::File && !job.confined) notice.actions.push_back(NoticeAction::Open);
    notice.actions.push_back(NoticeAction::ShowInFolder);
    return notice;
}

Notice Transfers::notice_of_group(const std::string& app, const Group& group) const {
    bool failed = !group.failed.empty();
    Notice notice{.kind = failed ? NoticeKind::Failed : NoticeKind::Finished, .view = group_id(app)};
    notice.app = app;
    notice.summary = summary_of_several(group.finished, group.failed.size());
    for (const auto& [key, sentence] : group.failed) {
        notice.jobs.push_back(key);
        notice.body = sentence;
    }
    if (failed) notice.actions = {NoticeAction::TryAgain};
    if (group.folders.size() != 1 || inspect_(*group.folders.begin()) != TargetKind::Folder) return notice;
    notice.target = *group.folders.begin();
    notice.actions.push_back(NoticeAction::ShowInFolder);
    return notice;
}

std::optional<uint32_t> View::percent() const {
    if (!total || *total == 0) return std::nullopt;
    auto part = static_cast<double>(std::min(done, *total)) / static_cast<double>(*total);
    return static_cast<uint32_t>(part * 100);
}

} // namespace haulier::desktop
