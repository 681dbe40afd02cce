// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/notices.hpp"

#include "base/i18n.hpp"
#include "desktop/applications.hpp"
#include "desktop/sentences.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace haulier::desktop {

namespace {

/// Between two changes of a bar: servers redraw the whole notice.
constexpr Usec RedrawInterval{2'000'000};
constexpr size_t MostPressable = 64;
constexpr uint8_t LowUrgency = 0;
constexpr uint8_t NormalUrgency = 1;

struct ActionKey {
    NoticeAction action;
    std::string_view key;
    const char* label;
};
constexpr std::array ActionKeys{
    ActionKey{NoticeAction::Open, "open", N_("Open")},
    ActionKey{NoticeAction::ShowInFolder, "folder", N_("Show in folder")},
    ActionKey{NoticeAction::TryAgain, "retry", N_("Try again")},
    ActionKey{NoticeAction::UseNetwork, "network", N_("Use this network")},
};

const char* category_of(NoticeKind kind) {
    switch (kind) {
    case NoticeKind::Finished: return "transfer.complete";
    case NoticeKind::Failed: return "transfer.error";
    case NoticeKind::Waiting: return "transfer";
    }
    return "transfer";
}

Note note_for(const std::string& app, const std::string& icon) {
    auto id = desktop_id(app);
    Note note{.icon = icon.empty() ? id : icon};
    note.hints["desktop-entry"] = id;
    return note;
}

bool is_same(const Note& a, const Note& b) {
    return a.summary == b.summary && a.body == b.body && a.hints == b.hints;
}

} // namespace

Note note_of(const View& view) {
    auto note = note_for(view.app, view.icon);
    note.summary = view.title;
    note.body = progress_text(view);
    note.timeout = 0;
    note.hints["category"] = "transfer";
    note.hints["urgency"] = LowUrgency;
    if (auto percent = view.percent()) note.hints["value"] = static_cast<int32_t>(*percent);
    return note;
}

Note note_of(const Notice& notice) {
    auto note = note_for(notice.app, notice.icon);
    note.summary = notice.summary;
    note.body = notice.body;
    note.hints["category"] = category_of(notice.kind);
    note.hints["urgency"] = NormalUrgency;
    for (const auto& row : ActionKeys)
        if (std::find(notice.actions.begin(), notice.actions.end(), row.action) != notice.actions.end())
            note.actions.emplace_back(row.key, _(row.label));
    return note;
}

Notices::Notices(Loop& loop, BusLink& bus, Presses presses)
    : loop_(loop), presses_(std::move(presses)),
      server_(bus, {[this](uint32_t id, const std::string& key) { on_pressed(id, key); },
                    [this](uint32_t id) { on_closed(id); }, [this] { on_gone(); }}) {}

// ---- bars ----

void Notices::show(const std::vector<View>& views) {
    views_ = views;
    if (views.empty() && bars_.empty()) return;
    server_.ask([this](const std::optional<ServerAbilities>& abilities) {
        if (abilities && abilities->progress) draw();
    });
}

/// A paused view would only be in the way.
void Notices::draw() {
    for (const auto& view : views_)
        if (view.suspended)
            end(view.id);
        else
            bars_[view.id].view = view;
    send_due();
}

void Notices::send_due() {
    timer_.reset();
    auto now = SystemClock{}.now().boot;
    std::optional<BootTime> next;
    for (auto& [view, bar] : bars_) {
        auto note = note_of(bar.view);
        if (bar.is_dismissed || bar.is_on_its_way || is_same(note, bar.sent)) continue;
        auto due = bar.id == 0 ? now : bar.when + RedrawInterval;
        if (due <= now)
            send(view, bar, std::move(note), now);
        else if (!next || due < *next)
            next = due;
    }
    if (next) timer_ = loop_.at(*next, [this] { send_due(); });
}

void Notices::send(const std::string& view, Bar& bar, Note note, BootTime now) {
    note.replaces = bar.id;
    bar.when = now;
    bar.is_on_its_way = true;
    bar.sent = note;
    ++on_their_way_;
    server_.show(note, [this, view](uint32_t id) { on_shown(view, id); });
}

void Notices::on_shown(const std::string& view, uint32_t id) {
    if (on_their_way_ > 0) --on_their_way_;
    auto found = bars_.find(view);
    if (found == bars_.end()) {
        if (id != 0) server_.close(id);
        return;
    }
    found->second.id = id;
    found->second.is_on_its_way = false;
    send_due();
}

void Notices::end(const std::string& view) {
    auto found = bars_.find(view);
    if (found == bars_.end()) return;
    if (found->second.id != 0) server_.close(found->second.id);
    bars_.erase(found);
}

void Notices::end_all() {
    while (!bars_.empty())
        end(std::string{bars_.begin()->first});
}

// ---- notices ----

void Notices::tell(const Notice& notice) {
    server_.ask([this, notice](const std::optional<ServerAbilities>& abilities) {
        if (!abilities) return;
        auto note = note_of(notice);
        if (auto bar = bars_.find(notice.view); bar != bars_.end() && !bar->second.is_on_its_way) {
            note.replaces = bar->second.id;
            bars_.erase(bar);
        }
        server_.show(note, [this, notice](uint32_t id) { on_told(id, notice); });
    });
}

void Notices::on_told(uint32_t id, const Notice& notice) {
    if (id == 0 || notice.actions.empty()) return;
    told_[id] = notice;
    if (told_.size() > MostPressable) told_.erase(told_.begin());
}

void Notices::on_pressed(uint32_t id, const std::string& key) {
    auto found = told_.find(id);
    if (found == told_.end()) return;
    auto notice = found->second;
    for (const auto& row : ActionKeys)
        if (row.key == key &&
            std::find(notice.actions.begin(), notice.actions.end(), row.action) != notice.actions.end())
            presses_.action(notice, row.action);
}

void Notices::on_closed(uint32_t id) {
    told_.erase(id);
    for (auto& [view, bar] : bars_)
        if (bar.id == id) bar.is_dismissed = true;
}

void Notices::on_gone() {
    told_.clear();
    bars_.clear();
}

} // namespace haulier::desktop
