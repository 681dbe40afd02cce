// SPDX-License-Identifier: LGPL-2.1-or-later
// The worker's second thread. fsync, truncation and reading existing content may block for seconds, and on
// the event loop each would stall all other transfers. Tasks run in order, and their completions run on the
// loop in order.
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
    /// Waits for the running task, drops the others, and calls no completion.
    ~DiskThread();
    DiskThread(const DiskThread&) = delete;
    DiskThread& operator=(const DiskThread&) = delete;

    /// Runs `work` on the thread and then `finish` with its result on the loop. `work` must own what it uses.
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
    void run_tasks();
    void complete();

    Fd wake_; ///< eventfd, counts finished tasks
    std::mutex mutex_;
    std::condition_variable more_;
    // Guarded by mutex_:
    std::deque<Task> waiting_;
    std::deque<Task> finished_;
    bool stopping_ = false;
    // Used by the loop only:
    Source completions_;
    std::thread thread_;
};

} // namespace haulier::transfer
