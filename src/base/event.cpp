// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/event.hpp"

#include "base/must.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <string>
#include <system_error>
#include <systemd/sd-event.h>
#include <utility>

namespace haulier {

/// The running handler keeps it alive, because a source may be destroyed in its own callback.
struct Source::Callback : std::enable_shared_from_this<Source::Callback> {
    /// Creates one with `function` in `member`. The result is the user data for sd-event, and of() takes it
    /// back.
    template <class Function>
    static Callback* create(std::shared_ptr<void>& owner, Function Callback::*member, Function function) {
        auto callback = std::make_shared<Callback>();
        callback.get()->*member = std::move(function);
        owner = callback;
        return callback.get();
    }
    static std::shared_ptr<Callback> of(void* data) {
        return static_cast<Callback*>(data)->shared_from_this();
    }
    std::function<void(uint32_t)> io;
    std::function<void()> plain;
    std::function<void(int, int)> child;
};

namespace {

void set_priority(sd_event_source* source, EventPriority priority) {
    must(sd_event_source_set_priority(source, static_cast<int64_t>(priority)),
         "sd_event_source_set_priority");
}

} // namespace

Source::Source(Source&& other) noexcept
    : source_(std::exchange(other.source_, nullptr)), callback_(std::move(other.callback_)) {}

Source& Source::operator=(Source&& other) noexcept {
    if (this != &other) {
        reset();
        source_ = std::exchange(other.source_, nullptr);
        callback_ = std::move(other.callback_);
    }
    return *this;
}

Source::~Source() {
    reset();
}

void Source::reset() {
    if (source_) sd_event_source_disable_unref(std::exchange(source_, nullptr));
    callback_.reset();
}

void Source::watch(uint32_t events) {
    if (source_) sd_event_source_set_io_events(source_, events);
}

Loop::Loop() {
    must(sd_event_new(&event_), "sd_event_new");
}

Loop::~Loop() {
    sd_event_unref(event_);
}

int Loop::run() {
    int r = sd_event_loop(event_);
    must(r < 0 && sd_event_get_state(event_) != SD_EVENT_FINISHED ? r : 0, "sd_event_loop");
    return r;
}

void Loop::exit(int code) {
    sd_event_exit(event_, code);
}

bool Loop::turn(Usec limit) {
    int r = sd_event_run(event_, static_cast<uint64_t>(limit.count()));
    must(r, "sd_event_run");
    return r > 0;
}

Source Loop::on_io(int fd, uint32_t events, std::function<void(uint32_t)> callback, EventPriority priority) {
    Source s;
    auto* data = Source::Callback::create(s.callback_, &Source::Callback::io, std::move(callback));
    auto handler = [](sd_event_source*, int, uint32_t revents, void* user_data) noexcept {
        Source::Callback::of(user_data)->io(revents);
        return 0;
    };
    must(sd_event_add_io(event_, &s.source_, fd, events, handler, data), "sd_event_add_io");
    set_priority(s.source_, priority);
    return s;
}

Source Loop::add_time(int clock, Usec when, std::function<void()> callback) {
    Source s;
    auto* data = Source::Callback::create(s.callback_, &Source::Callback::plain, std::move(callback));
    auto handler = [](sd_event_source*, uint64_t, void* user_data) noexcept {
        Source::Callback::of(user_data)->plain();
        return 0;
    };
    auto usec = static_cast<uint64_t>(std::max(when, Usec{0}).count());
    constexpr uint64_t exactly = 1; // 0 would let sd-event delay it by up to 250 ms
    must(sd_event_add_time(event_, &s.source_, clock, usec, exactly, handler, data), "sd_event_add_time");
    set_priority(s.source_, EventPriority::Timer);
    return s;
}

Source Loop::at(BootTime when, std::function<void()> callback) {
    return add_time(CLOCK_BOOTTIME, when.since_boot, std::move(callback));
}

Source Loop::at_date(WallTime when, std::function<void()> callback) {
    return add_time(CLOCK_REALTIME, when.since_epoch, std::move(callback));
}

Source Loop::after(Usec delay, std::function<void()> callback) {
    return at(SystemClock{}.now().boot + delay, std::move(callback));
}

Source Loop::defer(std::function<void()> callback, EventPriority priority) {
    Source s;
    auto* data = Source::Callback::create(s.callback_, &Source::Callback::plain, std::move(callback));
    auto handler = [](sd_event_source*, void* user_data) noexcept {
        Source::Callback::of(user_data)->plain();
        return 0;
    };
    must(sd_event_add_defer(event_, &s.source_, handler, data), "sd_event_add_defer");
    set_priority(s.source_, priority);
    return s;
}

Source Loop::on_exit(std::function<void()> callback) {
    Source s;
    auto* data = Source::Callback::create(s.callback_, &Source::Callback::plain, std::move(callback));
    auto handler = [](sd_event_source*, void* user_data) noexcept {
        Source::Callback::of(user_data)->plain();
        return 0;
    };
    must(sd_event_add_exit(event_, &s.source_, handler, data), "sd_event_add_exit");
    must(sd_event_source_set_priority(s.source_, SD_EVENT_PRIORITY_IMPORTANT),
         "sd_event_source_set_priority");
    return s;
}

Source Loop::on_signal(int signal, std::function<void()> callback) {
    Source s;
    auto* data = Source::Callback::create(s.callback_, &Source::Callback::plain, std::move(callback));
    auto handler = [](sd_event_source*, const signalfd_siginfo*, void* user_data) noexcept {
        Source::Callback::of(user_data)->plain();
        return 0;
    };
    must(sd_event_add_signal(event_, &s.source_, signal, handler, data), "sd_event_add_signal");
    return s;
}

Source Loop::on_child_exit(pid_t pid, std::function<void(int, int)> callback) {
    Source s;
    auto* data = Source::Callback::create(s.callback_, &Source::Callback::child, std::move(callback));
    auto handler = [](sd_event_source*, const siginfo_t* info, void* user_data) noexcept {
        Source::Callback::of(user_data)->child(info->si_code, info->si_status);
        return 0;
    };
    must(sd_event_add_child(event_, &s.source_, pid, WEXITED, handler, data), "sd_event_add_child");
    return s;
}

void block_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
        sigaddset(&set, signal);
    must(-pthread_sigmask(SIG_BLOCK, &set, nullptr), "pthread_sigmask");
}

} // namespace haulier
