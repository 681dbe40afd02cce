// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/disk_pool.hpp"

#include "base/fd.hpp"

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unordered_map>

namespace haulier::transfer {

namespace {

constexpr size_t MaxPerPath = 8;
/// 16 paths may hang before other paths have to wait.
constexpr size_t MaxThreads = 16 * MaxPerPath;
constexpr auto LongestEnd = std::chrono::seconds{2};

} // namespace

struct DiskPool::Shared {
    Fd wake{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}; ///< counts finished tasks
    std::mutex mutex;
    std::condition_variable more;
    std::condition_variable left;
    // Guarded by the mutex:
    std::map<Lane, std::deque<Task>> lanes; ///< those that have a task waiting or running
    struct Path {
        size_t active = 0; ///< its lanes that are ready or running
        std::deque<Lane> waiting;
    };
    std::unordered_map<std::string, Path> paths; ///< those that have an active lane
    std::deque<Lane> ready;                      ///< lanes with a task waiting and none running
    std::deque<Task> finished;
    size_t threads = 0;
    size_t idle = 0;
    bool stopping = false;

    bool admit(const Lane& lane);
    void release(const Lane& lane);
    void run_tasks();
    bool run_one(std::unique_lock<std::mutex>& lock);
};

DiskPool::DiskPool(Loop& loop) : loop_(loop), shared_(std::make_shared<Shared>()) {
    if (!shared_->wake) throw std::system_error(errno, std::generic_category(), "eventfd");
    completions_ = loop.on_io(shared_->wake.get(), EPOLLIN, [this](uint32_t) { complete(); });
}

DiskPool::~DiskPool() {
    std::unique_lock lock{shared_->mutex};
    shared_->stopping = true;
    shared_->more.notify_all();
    shared_->left.wait_for(lock, LongestEnd, [this] { return shared_->threads == 0; });
    auto lanes = std::move(shared_->lanes);
    auto finished = std::move(shared_->finished);
    lock.unlock();
}

void DiskPool::post(const Lane& lane, Task task) {
    std::lock_guard lock{shared_->mutex};
    auto [entry, was_idle] = shared_->lanes.try_emplace(lane);
    entry->second.push_back(std::move(task));
    if (!was_idle || !shared_->admit(lane)) return;
    if (shared_->ready.size() > shared_->idle && shared_->threads < MaxThreads) {
        ++shared_->threads;
        // A thread that hangs must not keep the process from its end.
        std::thread{[shared = shared_] { shared->run_tasks(); }}.detach();
    }
    shared_->more.notify_one();
}

/// False if the maximum of active lanes of its path is reached.
bool DiskPool::Shared::admit(const Lane& lane) {
    auto& path = paths[lane.path];
    if (path.active == MaxPerPath) {
        path.waiting.push_back(lane);
        return false;
    }
    ++path.active;
    ready.push_back(lane);
    return true;
}

/// Another lane of the path goes on in place of this one.
void DiskPool::Shared::release(const Lane& lane) {
    auto path = paths.find(lane.path);
    auto& waiting = path->second.waiting;
    if (!lanes[lane].empty())
        waiting.push_back(lane);
    else
        lanes.erase(lane);
    if (!waiting.empty()) {
        ready.push_back(std::move(waiting.front()));
        waiting.pop_front();
    } else if (--path->second.active == 0) {
        paths.erase(path);
    }
}

void DiskPool::Shared::run_tasks() {
    std::unique_lock lock{mutex};
    while (run_one(lock))
        continue;
    --threads;
    left.notify_all();
}

bool DiskPool::Shared::run_one(std::unique_lock<std::mutex>& lock) {
    ++idle;
    more.wait(lock, [this] { return stopping || !ready.empty(); });
    --idle;
    if (stopping) return false;
    const Lane lane = std::move(ready.front());
    ready.pop_front();
    Task task = std::move(lanes[lane].front());
    lanes[lane].pop_front();
    lock.unlock();
    task.work();
    task.work = nullptr;
    lock.lock();
    if (stopping) return false;
    if (finished.empty()) eventfd_write(wake.get(), 1);
    finished.push_back(std::move(task));
    release(lane);
    return true;
}

void DiskPool::complete() {
    eventfd_t count = 0;
    eventfd_read(shared_->wake.get(), &count);
    std::deque<Task> finished;
    {
        std::lock_guard lock{shared_->mutex};
        finished.swap(shared_->finished);
    }
    for (auto& task : finished)
        task.done();
}

} // namespace haulier::transfer
