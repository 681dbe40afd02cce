// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/disk_thread.hpp"

#include <cerrno>
#include <cstdint>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <utility>

namespace haulier::transfer {

DiskThread::DiskThread(Loop& loop) : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!wake_) throw std::system_error(errno, std::generic_category(), "eventfd");
    completions_ = loop.on_io(wake_.get(), EPOLLIN, [this](uint32_t) { complete(); });
    thread_ = std::thread([this] { run_tasks(); });
}

DiskThread::~DiskThread() {
    {
        std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    more_.notify_one();
    thread_.join();
}

void DiskThread::post(Task task) {
    {
        std::lock_guard lock{mutex_};
        waiting_.push_back(std::move(task));
    }
    more_.notify_one();
}

void DiskThread::run_tasks() {
    std::unique_lock lock{mutex_};
    for (;;) {
        more_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        Task task = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        task.work();
        lock.lock();
        finished_.push_back(std::move(task));
        eventfd_write(wake_.get(), 1);
    }
}

void DiskThread::complete() {
    eventfd_t count = 0;
    eventfd_read(wake_.get(), &count);
    std::deque<Task> finished;
    {
        std::lock_guard lock{mutex_};
        finished.swap(finished_);
    }
    for (auto& task : finished)
        task.done();
}

} // namespace haulier::transfer
