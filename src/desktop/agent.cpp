// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/agent.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <exception>
#include <fmt/core.h>
#include <utility>

namespace haulier::desktop {

namespace {

constexpr Usec RefreshInterval{200'000};
/// How long it waits at its end.
constexpr Usec EndingInterval{50'000};
constexpr int EndingRounds = 40;
/// Delays after the loss of the system bus. They double with each attempt.
constexpr Usec FirstReconnectDelay{1'000'000};
constexpr Usec LongestReconnectDelay{300'000'000};

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

Agent::Agent(Loop& loop, BusLink& session, OpenSystem open_system)
    : loop_(loop), open_system_(std::move(open_system)), inspector_(loop), commands_(loop),
      files_(session, commands_, inspector_), job_views_(session, presses(), [this] { touch(); }),
      notices_(loop, session, presses()), launcher_entries_(loop, session),
      session_(watch(session, BusKind::Session)) {
    connect_to_system();
}

/// A system without a system bus does not get one later, but a lost bus comes back.
void Agent::connect_to_system() {
    auto bus = open_system_();
    if (!bus) {
        if (system_bus_) reconnect_later();
        return;
    }
    system_.reset();
    system_bus_ = std::move(bus);
    reconnect_delay_ = FirstReconnectDelay;
    system_bus_->when_lost([this] { on_system_lost(); });
    system_ = watch(*system_bus_, BusKind::System);
}

/// The connection is still in use while it calls this.
void Agent::on_system_lost() {
    if (system_) system_->bus_lost();
    reconnect_later();
}

void Agent::reconnect_later() {
    reconnect_ = loop_.after(reconnect_delay_, [this] {
        try {
            connect_to_system();
        } catch (const std::exception& error) {
            log::debug(fmt::format("the system bus is lost again: {}", error.what()));
            reconnect_later();
        }
    });
    reconnect_delay_ = std::min(2 * reconnect_delay_, LongestReconnectDelay);
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
    return std::make_unique<DaemonWatch>(loop_, bus, std::move(events));
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

DaemonWatch* Agent::daemon_of(const JobKey& key) const {
    return key.bus == BusKind::System ? system_.get() : session_.get();
}

void Agent::call_all(const std::vector<JobKey>& jobs, const char* method) {
    for (const auto& key : jobs)
        if (auto* daemon = daemon_of(key)) daemon->call_job(key.id, method);
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
            if (auto* daemon = daemon_of(key)) daemon->set_property(key.id, "NetworkCost", "always");
    }
}

} // namespace haulier::desktop
