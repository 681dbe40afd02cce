// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/launcher_entries.hpp"

#include "desktop/applications.hpp"

#include <utility>

namespace haulier::desktop {

namespace {

constexpr const char* DockName = "com.canonical.Unity";
constexpr const char* EntryPath = "/org/haulier/Notify";
constexpr const char* EntryInterface = "com.canonical.Unity.LauncherEntry";
constexpr Usec SignalInterval{2'000'000};

} // namespace

LauncherEntries::LauncherEntries(Loop& loop, BusLink& bus) : loop_(loop), bus_(bus) {
    bus_.watch_owner(DockName, [this](const std::string& owner) {
        is_wanted_ = !owner.empty();
        sent_.clear();
        send_changes();
    });
}

void LauncherEntries::show(const std::vector<View>& views) {
    std::map<std::string, std::pair<double, size_t>> sums;
    for (const auto& view : views) {
        auto& [sum, count] = sums[desktop_id(view.app)];
        sum += view.percent().value_or(0) / 100.0;
        ++count;
    }
    progress_.clear();
    for (const auto& [id, sum] : sums)
        progress_[id] = sum.first / static_cast<double>(sum.second);
    if (!timer_) send_changes();
}

/// The end of all progress is sent at once.
void LauncherEntries::send_changes() {
    timer_.reset();
    if (!is_wanted_ || progress_ == sent_) return;
    auto now = SystemClock{}.now().boot;
    if (!progress_.empty() && !sent_.empty() && now < when_ + SignalInterval) {
        timer_ = loop_.at(when_ + SignalInterval, [this] { send_changes(); });
        return;
    }
    when_ = now;
    for (const auto& [id, progress] : sent_)
        if (!progress_.contains(id)) send(id, 1, false);
    for (const auto& [id, progress] : progress_)
        if (auto sent = sent_.find(id); sent == sent_.end() || sent->second != progress)
            send(id, progress, true);
    sent_ = progress_;
}

void LauncherEntries::send(const std::string& id, double progress, bool visible) {
    auto signal = bus_.new_signal(EntryPath, EntryInterface, "Update");
    append(signal, "application://" + id + ".desktop");
    append(signal, Properties{{"progress", progress}, {"progress-visible", visible}});
    bus_.send(signal);
}

} // namespace haulier::desktop
