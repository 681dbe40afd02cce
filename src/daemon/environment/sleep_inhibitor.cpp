// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/environment/sleep_inhibitor.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/epoll.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-login.h>
#include <utility>

namespace haulier::daemon {

namespace {

/// The lock is kept for this long, because another file or job may begin soon.
constexpr Usec ReleaseDelay{5'000'000};

bool has_active_session(uint32_t uid) {
    char* state = nullptr;
    bool active = sd_uid_get_state(uid, &state) >= 0 && std::strcmp(state, "active") == 0;
    std::free(state);
    return active;
}

} // namespace

void SleepInhibitor::Unref::operator()(sd_login_monitor* monitor) const {
    sd_login_monitor_unref(monitor);
}

SleepInhibitor::~SleepInhibitor() {
    disconnect();
}

void SleepInhibitor::enable(bool on) {
    if (std::exchange(enabled_, on) == on) return;
    watch_sessions();
    review();
}

void SleepInhibitor::set_users(std::set<uint32_t> users) {
    if (users == users_) return;
    users_ = std::move(users);
    watch_sessions();
    review();
}

bool SleepInhibitor::is_wanted() const {
    return enabled_ && std::any_of(users_.begin(), users_.end(), has_active_session);
}

/// While users wait for transfers, another session may become the active one.
void SleepInhibitor::watch_sessions() {
    bool matters = enabled_ && !users_.empty();
    if (matters == (monitor_ != nullptr)) return;
    sessions_.reset();
    monitor_.reset();
    sd_login_monitor* monitor = nullptr;
    if (!matters || sd_login_monitor_new("uid", &monitor) < 0) return;
    monitor_.reset(monitor);
    sessions_ = loop_.on_io(sd_login_monitor_get_fd(monitor), EPOLLIN, [this](uint32_t) {
        sd_login_monitor_flush(monitor_.get());
        review();
    });
}

void SleepInhibitor::review() {
    if (!is_wanted()) return release_later();
    release_.reset();
    if (!lock_ && !call_) take();
}

void SleepInhibitor::release_later() {
    if ((lock_ || call_) && !release_)
        release_ = loop_.after(ReleaseDelay, [this] {
            release_.reset();
            call_ = {};
            lock_ = {};
        });
}

/// "idle" is what logind and desktops consider before they suspend an idle machine. "sleep" would also
/// prevent a user from suspending it.
void SleepInhibitor::take() {
    if (bus_ && sd_bus_is_open(bus_) <= 0) disconnect();
    if (!bus_ && !connect()) return;
    auto call = bus::new_call(bus_, "org.freedesktop.login1", "/org/freedesktop/login1",
                              "org.freedesktop.login1.Manager", "Inhibit");
    bool made = sd_bus_message_set_auto_start(call.get(), 0) >= 0 &&
                sd_bus_message_append(call.get(), "ssss", "idle", "Haulier",
                                      "transferring files for a user who waits for them", "block") >= 0;
    if (made)
        call_ = bus::AsyncCall{bus_, call, bus::AsyncCall::DefaultTimeout,
                               [this](sd_bus_message* reply) { taken(reply); }};
}

void SleepInhibitor::taken(sd_bus_message* reply) {
    call_ = {};
    int lock = -1;
    if (const auto* error = sd_bus_message_get_error(reply))
        log::info(fmt::format("the machine may suspend itself during transfers: {}", error->name));
    else if (sd_bus_message_read(reply, "h", &lock) > 0)
        lock_ = Fd{fcntl(lock, F_DUPFD_CLOEXEC, 0)};
}

bool SleepInhibitor::connect() {
    int r = sd_bus_open_system(&bus_);
    if (r >= 0) r = sd_bus_attach_event(bus_, loop_.raw(), static_cast<int>(EventPriority::Normal));
    // A connection that is still attached when the loop ends would block to flush its queue.
    exit_ = loop_.on_exit([this] { disconnect(); });
    if (r < 0)
        log::debug(fmt::format("no system bus, so the machine may suspend itself during transfers: {}",
                               std::strerror(-r)));
    return r >= 0;
}

void SleepInhibitor::disconnect() {
    call_ = {};
    if (bus_) sd_bus_detach_event(bus_);
    bus_ = sd_bus_close_unref(bus_);
}

} // namespace haulier::daemon
