// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/agent.hpp"

#include <utility>

namespace haulier::desktop {

namespace {

constexpr Usec RefreshInterval{200'000};
/// How long it waits at its end.
constexpr Usec EndingInterval{50'000};
constexpr int EndingRounds = 40;

BootTime boot_now() {
    return SystemClock{}.now().boot;
}

const char* method_for(Button button) {
    switch (button) {
    case Button::Pause: return "Suspend";
    case Button::Resume: return "Resume";
    case Button::Cancel: return "Cancel";
    }
    return "Suspend";
}

} // namespace

Agent::Agent(Loop& loop, BusLink& session, BusLink* system)
    : loop_(loop), commands_(loop), files_(session, commands_),
      job_views_(session, presses(), [this] { touch(); }), notices_(loop, session, presses()),
      launcher_entries_(loop, session), session_(watch(session, BusKind::Session)) {
    if (system) system_ = watch(*system, BusKind::System);
}

std::unique_ptr<DaemonWatch> Agent::watch(BusLink& bus, BusKind kind) {
    auto then = [this](auto&& change) {
        change();
        touch();
    };
    DaemonWatch::Events events{
        .job =
            [this, kind, then](const std::string& id, const Job& job, bool is_new) {
                auto found = is_new ? Transfers::Found::New : Transfers::Found::Before;
                then([&] { transfers_.put({kind, id}, job, found, boot_now()); });
            },
        .changed =
            [this, kind, then](const std::string& id, const Properties& properties) {
                then([&] { transfers_.change({kind, id}, properties, boot_now()); });
            },
        .ended =
            [this, kind, then](const std::string& id, const std::string& result, const Properties& facts) {
                then([&] { transfers_.end({kind, id}, result, facts); });
            },
        .taken = [this, kind, then](const std::string& id) { then([&] {
                                                                 transfers_.remove({kind, id});
                                                             }); },
        .listed = [this, kind, then](
                      const std::set<std::string>& ids) { then([&] { transfers_.keep_only(kind, ids); }); },
        .present = [this, kind,
                    then](bool present) { then([&] { transfers_.set_present(kind, present, boot_now()); }); },
    };
    return std::make_unique<DaemonWatch>(bus, std::move(events));
}

/// Once for all events of a moment: with many jobs there are many.
void Agent::touch() {
    if (refresh_ || is_ending_) return;
    auto due = refreshed_ + RefreshInterval;
    if (boot_now() < due)
        refresh_ = loop_.at(due, [this] { refresh(); });
    else
        refresh_ = loop_.defer([this] { refresh(); }, EventPriority::Last);
}

void Agent::refresh() {
    refresh_.reset();
    if (is_ending_) return;
    timer_.reset();
    refreshed_ = boot_now();
    auto update = transfers_.update(refreshed_);
    draw(update);
    if (update.next) timer_ = loop_.at(*update.next, [this] { refresh(); });
    if (system_) system_->want_progress(transfers_.shows_progress_of(BusKind::System));
}

/// A view of Plasma says by itself how the job has ended, and Plasma tells the dock.
void Agent::draw(const Update& update) {
    bool has_job_views = job_views_.present();
    for (const auto& notice : update.notices)
        if (!has_job_views || !notice.had_view) notices_.tell(notice);
    for (const auto& ended : update.ended) {
        job_views_.end(ended);
        notices_.end(ended.id);
    }
    if (has_job_views) {
        notices_.end_all();
        for (const auto& view : update.views)
            job_views_.show(view);
    } else {
        notices_.show(update.views);
    }
    launcher_entries_.show(has_job_views ? std::vector<View>{} : update.views);
}

void Agent::end(std::function<void()> done) {
    is_ending_ = true;
    job_views_.end_all();
    notices_.end_all();
    launcher_entries_.show({});
    wait_for_desktop(EndingRounds, done);
}

/// A view that was just requested can be ended only when the desktop has made it.
void Agent::wait_for_desktop(int rounds, const std::function<void()>& done) {
    bool waits = rounds > 0 && (job_views_.busy() || notices_.busy());
    if (!waits) return done();
    timer_ = loop_.after(EndingInterval, [this, rounds, done] { wait_for_desktop(rounds - 1, done); });
}

// ---- what people press ----

Presses Agent::presses() {
    return {[this](const std::vector<JobKey>& jobs, Button button) { on_button(jobs, button); },
            [this](const Notice& notice, NoticeAction action) { on_action(notice, action); }};
}

DaemonWatch& Agent::daemon_of(const JobKey& key) const {
    return key.bus == BusKind::System && system_ ? *system_ : *session_;
}

void Agent::call_all(const std::vector<JobKey>& jobs, const char* method) {
    for (const auto& key : jobs)
        daemon_of(key).call_job(key.id, method);
}

void Agent::on_button(const std::vector<JobKey>& jobs, Button button) {
    call_all(jobs, method_for(button));
}

void Agent::on_action(const Notice& notice, NoticeAction action) {
    switch (action) {
    case NoticeAction::Open: return files_.open(notice.target);
    case NoticeAction::ShowInFolder: return files_.show(notice.target);
    case NoticeAction::TryAgain: return call_all(notice.jobs, "Resume");
    case NoticeAction::UseNetwork:
        for (const auto& key : notice.jobs)
            daemon_of(key).set_property(key.id, "NetworkCost", "always");
    }
}

} // namespace haulier::desktop
