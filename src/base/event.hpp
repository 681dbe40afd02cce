// SPDX-License-Identifier: LGPL-2.1-or-later
// sd-event for C++: one loop per process, and sources that are disabled when they are destroyed. Callbacks
// must not throw: the frames below them are C, so an exception would terminate the process. Timers and
// deferred callbacks are virtual, so that a simulation can have a loop on a clock of its own.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <sys/types.h>
#include <utility>

struct sd_event;
struct sd_event_source;

namespace haulier {

/// The order of sources that are ready in the same turn. Input comes before timers, so that a process that
/// was busy for a while does not time out replies that have already arrived; commits come last, so that all
/// callers of a turn share one.
enum class EventPriority : int64_t { Input = 0, Normal = 10, Timer = 20, Last = 100 };

/// An event source that lives as long as this object. It may be destroyed in its own callback.
class Source {
public:
    Source() = default;
    /// Of a loop that is not sd-event's: the callback is called as long as it exists.
    explicit Source(std::shared_ptr<void> callback) : callback_(std::move(callback)) {}
    Source(Source&&) noexcept;
    Source& operator=(Source&&) noexcept;
    ~Source();
    explicit operator bool() const { return callback_ != nullptr; }
    void reset();

    /// For io sources: change the watched events (EPOLLIN, EPOLLOUT).
    void watch(uint32_t events);

private:
    friend class Loop;
    struct Callback;
    sd_event_source* source_ = nullptr;
    std::shared_ptr<void> callback_;
};

class Loop {
public:
    Loop();
    virtual ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Runs until exit(); returns its code.
    int run();
    void exit(int code);
    /// One turn of at most `limit`; false if nothing happened in that time. For tests.
    bool turn(Usec limit);

    [[nodiscard]] Source on_io(int fd, uint32_t events, std::function<void(uint32_t)> callback,
                               EventPriority priority = EventPriority::Input);
    /// Once, at or after `when` of the boot clock.
    [[nodiscard]] virtual Source at(BootTime when, std::function<void()> callback);
    [[nodiscard]] Source after(Usec delay, std::function<void()> callback);
    /// Once, as soon as the wall clock shows `when` or later, even if that is because it was set.
    [[nodiscard]] virtual Source at_date(WallTime when, std::function<void()> callback);
    /// Once, in a later turn, after all sources with a higher priority.
    [[nodiscard]] virtual Source defer(std::function<void()> callback,
                                       EventPriority priority = EventPriority::Normal);
    /// The signal must be blocked in the whole process first (see block_signals).
    [[nodiscard]] Source on_signal(int signal, std::function<void()> callback);
    /// Once, when the loop ends, before other exit sources.
    [[nodiscard]] Source on_exit(std::function<void()> callback);
    /// Once, when the child has ended; it is reaped. `status` as of waitid: code (CLD_EXITED, ...) and value.
    [[nodiscard]] Source on_child_exit(pid_t pid, std::function<void(int code, int value)> callback);

    [[nodiscard]] sd_event* raw() const { return event_; }

private:
    Source add_time(int clock, Usec when, std::function<void()> callback);

    sd_event* event_ = nullptr;
};

/// Blocks SIGTERM, SIGINT, SIGHUP and SIGCHLD so that the loop can receive them. To be called first in main.
void block_signals();

} // namespace haulier
