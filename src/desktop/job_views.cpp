// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/job_views.hpp"

#include "base/i18n.hpp"
#include "base/must.hpp"
#include "desktop/applications.hpp"
#include "desktop/sentences.hpp"
#include "desktop/target.hpp"

#include <systemd/sd-bus.h>
#include <utility>
#include <vector>

namespace haulier::desktop {

namespace {

constexpr const char* ServerName = "org.kde.JobViewServer";
constexpr const char* ServerPath = "/JobViewServer";
constexpr const char* ServerInterface = "org.kde.JobViewServerV2";
constexpr const char* ViewInterface = "org.kde.JobViewV3";
constexpr int32_t CanBeCancelledAndPaused = 3;
/// 1 is "cancelled by the user", which Plasma does not mention; own errors begin at 100.
constexpr uint32_t NotMentioned = 1;
constexpr uint32_t OwnError = 100;

uint32_t code_of(Ending ending) {
    switch (ending) {
    case Ending::Finished: return 0;
    case Ending::Failed: return OwnError;
    case Ending::Quiet: return NotMentioned;
    }
    return NotMentioned;
}

} // namespace

/// Plasma shows the title as text, and what `infoMessage` and the sentence of an error say as markup. The
/// folder becomes a part of markup as well. A number of files is only given if there are several: with one,
/// Plasma offers to open the file, whatever it is.
Properties job_view_properties(const View& view) {
    Properties p;
    p["title"] = view.title;
    p["infoMessage"] = view.suspended ? "" : escaped(view.info); // it says by itself that a job is paused
    p["suspended"] = view.suspended;
    p["processedBytes"] = view.done;
    p["totalBytes"] = view.total.value_or(0);
    p["percent"] = uint64_t{view.percent().value_or(0)};
    p["speed"] = view.rate;
    if (view.files > 1) {
        p["totalFiles"] = view.files;
        p["processedFiles"] = view.files_done;
    }
    if (!view.folder.empty() && view.folder.find_first_of("<>\"") == std::string::npos)
        p["destUrl"] = file_url(view.folder);
    return p;
}

JobViews::JobViews(BusLink& bus, Presses presses, std::function<void()> changed)
    : bus_(bus), presses_(std::move(presses)), changed_(std::move(changed)) {
    auto rule = std::string{"type='signal',interface='"} + ViewInterface + "'";
    bus_.listen(rule, [this](sd_bus_message* signal) {
        if (!present() || sender_of(signal) != server_) return;
        on_pressed(sd_bus_message_get_path(signal), sd_bus_message_get_member(signal));
    });
    bus_.watch_owner(ServerName, [this](const std::string& owner) { on_server(owner); });
}

void JobViews::on_server(const std::string& owner) {
    if (owner == server_) return;
    server_ = owner;
    ++round_;
    shown_.clear();
    changed_();
}

void JobViews::show(const View& view) {
    auto [place, added] = shown_.try_emplace(view.id);
    auto& shown = place->second;
    shown.view = view;
    shown.ended.reset();
    if (added)
        request(view.id, shown);
    else if (!shown.path.empty())
        send_changes(shown);
}

void JobViews::request(const std::string& id, Shown& shown) {
    auto call = bus_.new_call(ServerName, ServerPath, ServerInterface, "requestView");
    append(call, desktop_id(shown.view.app));
    must(sd_bus_message_append(call.get(), "i", CanBeCancelledAndPaused), "sd_bus_message_append");
    Properties hints{{"immediate", true}};
    if (!is_installed(desktop_id(shown.view.app))) hints["application-display-name"] = _("Transfers");
    if (!shown.view.icon.empty()) hints["application-icon-name"] = shown.view.icon;
    append(call, hints);
    bus_.call(call, MayStart::No, [this, id, round = round_](sd_bus_message* reply) {
        on_made(id, round, error_of(reply).empty() ? read_text(reply) : "");
    });
}

void JobViews::on_made(const std::string& id, uint64_t round, const std::string& path) {
    auto found = shown_.find(id);
    if (round != round_ || found == shown_.end()) return;
    auto& shown = found->second;
    shown.path = path;
    shown.is_refused = path.empty();
    if (!shown.is_refused) send_changes(shown);
    if (shown.ended) finish(found);
}

/// Of a view whose object was made, or refused.
void JobViews::finish(std::map<std::string, Shown>::iterator place) {
    const auto& shown = place->second;
    if (!shown.is_refused) terminate(shown.path, *shown.ended);
    shown_.erase(place);
}

void JobViews::send_changes(Shown& shown) {
    auto wanted = job_view_properties(shown.view);
    Properties changes;
    for (const auto& [name, value] : wanted)
        if (auto sent = shown.sent.find(name); sent == shown.sent.end() || sent->second.held != value.held)
            changes[name] = value;
    if (changes.empty()) return;
    shown.sent = std::move(wanted);
    auto call = bus_.new_call(server_, shown.path, ViewInterface, "update");
    append(call, changes);
    bus_.call(call, MayStart::No);
}

void JobViews::end(const EndedView& ended) {
    auto found = shown_.find(ended.id);
    if (found == shown_.end()) return;
    auto& shown = found->second;
    shown.ended = ended;
    if (shown.is_refused || !shown.path.empty()) finish(found);
}

void JobViews::end_all() {
    std::vector<std::string> ids;
    for (const auto& [id, shown] : shown_)
        ids.push_back(id);
    for (const auto& id : ids)
        end({id, Ending::Quiet, ""});
}

void JobViews::terminate(const std::string& path, const EndedView& ended) {
    auto call = bus_.new_call(server_, path, ViewInterface, "terminate");
    must(sd_bus_message_append(call.get(), "u", code_of(ended.ending)), "sd_bus_message_append");
    append(call, escaped(ended.sentence));
    append(call, Properties{});
    bus_.call(call, MayStart::No);
}

void JobViews::on_pressed(const std::string& path, const std::string& member) {
    for (const auto& [id, shown] : shown_) {
        if (shown.path != path) continue;
        if (member == "suspendRequested") return presses_.button(shown.view.jobs, Button::Pause);
        if (member == "resumeRequested") return presses_.button(shown.view.jobs, Button::Resume);
        if (member == "cancelRequested") return presses_.button(shown.view.jobs, Button::Cancel);
        return;
    }
}

} // namespace haulier::desktop
