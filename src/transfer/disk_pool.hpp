// SPDX-License-Identifier: LGPL-2.1-or-later
// The threads of the worker that may block. fsync, truncation and reading may take seconds, and a path on a
// file server that is gone, or on a FUSE file system whose program hangs, may block for ever. On the event
// loop each would stop all other transfers. Tasks of one lane, such as a file, run in order, and their
// completions run on the loop in that order. Lanes do not wait for each other, but only a few of one path run
// at the same time: one that hangs must leave threads for the others.
#pragma once

#include "base/event.hpp"

#include <chrono>
#include <compare>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace haulier::transfer {

/// How long a file server may take to open, to find or to read a file.
inline constexpr Usec FileServerLimit = std::chrono::seconds{30};

struct Lane {
    std::string path;
    std::string name{};
    auto operator<=>(const Lane&) const = default;
};

class DiskPool {
public:
    explicit DiskPool(Loop& loop);
    /// Drops what has not begun, waits a little for the rest, and calls no completion.
    ~DiskPool();
    DiskPool(const DiskPool&) = delete;
    DiskPool& operator=(const DiskPool&) = delete;

    /// Runs `work` on a thread and then `finish` with its result on the loop. `work` must own what it uses.
    template <class Work, class Finish>
    void run(const Lane& lane, Work work, Finish finish) {
        using T = std::invoke_result_t<Work>;
        auto result = std::make_shared<std::optional<T>>();
        post(lane, {.work = [result, work = std::move(work)]() mutable { *result = work(); },
                    .done = [result, finish = std::move(finish)]() mutable { finish(std::move(**result)); }});
    }

    /// As above, but `finish` gets nothing if that takes longer than `limit`. The work goes on.
    template <class Work, class Finish>
    void run_within(Usec limit, const Lane& lane, Work work, Finish finish) {
        using T = std::invoke_result_t<Work>;
        auto wait = std::make_shared<Wait<Finish>>(std::move(finish));
        wait->timer = loop_.after(limit, [weak = std::weak_ptr{wait}] {
            if (auto alive = weak.lock()) alive->end(std::optional<T>{});
        });
        run(lane, std::move(work), [wait](T&& result) { wait->end(std::optional<T>{std::move(result)}); });
    }

    /// Destroys an object on a thread: to close a file may block, too.
    template <class T>
    void destroy(const Lane& lane, std::shared_ptr<T> object) {
        post(lane, {.work = [object = std::move(object)]() mutable { object.reset(); }, .done = [] {}});
    }

private:
    struct Task {
        std::function<void()> work;
        std::function<void()> done;
    };
    template <class Finish>
    struct Wait {
        explicit Wait(Finish f) : finish(std::move(f)) {}
        template <class Result>
        void end(Result result) {
            timer.reset();
            if (!std::exchange(ended, true)) finish(std::move(result));
        }
        Finish finish;
        Source timer;
        bool ended = false;
    };
    struct Shared;
    void post(const Lane& lane, Task task);
    void complete();

    Loop& loop_;
    std::shared_ptr<Shared> shared_; ///< also of the threads, which may outlive this object
    Source completions_;
};

} // namespace haulier::transfer
