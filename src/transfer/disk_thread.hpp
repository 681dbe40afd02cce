// SPDX-License-Identifier: LGPL-2.1-or-later
// The worker's one helper thread. The reason for it: fsync, truncation and the reading back of a part may
// block for seconds, and in the loop each would stall every other transfer. Work goes over in order,
// completions come back to the loop in order.
#pragma once

#include "base/event.hpp"
#include "base/fd.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>

namespace haulier::transfer {

class DiskThread {
public:
    explicit DiskThread(Loop& loop);
    /// Waits for the work that has begun, drops the rest, and calls no completion.
    ~DiskThread();
    DiskThread(const DiskThread&) = delete;
    DiskThread& operator=(const DiskThread&) = delete;

    /// Runs `work` there and then `done` with its result here. `work` owns what it touches.
    template <class Work, class Finish>
    void run(Work work, Finish finish) {
        using T = std::invoke_result_t<Work>;
        auto result = std::make_shared<std::optional<T>>();
        post({.work = [result, work = std::move(work)]() mutable { *result = work(); },
              .done = [result, finish = std::move(finish)]() mutable { finish(std::move(**result)); }});
    }

private:
    struct Task {
        std::function<void()> work;
        std::function<void()> done;
    };
    void post(Task task);
    void work_through();
    void complete();

    Fd wake_; ///< eventfd, counts finished tasks
    std::mutex mutex_;
    std::condition_variable more_;
    // Under mutex_:
    std::deque<Task> waiting_;
    std::deque<Task> finished_;
    bool stopping_ = false;
    // Of the loop:
    Source completions_;
    std::thread thread_;
};

} // namespace haulier::transfer
