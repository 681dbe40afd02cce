// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/inspector.hpp"

#include "base/must.hpp"

#include <cerrno>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <optional>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <utility>

namespace haulier::desktop {

namespace {

/// Each hanging directory has a thread, and may have blocked the event loop for a moment.
constexpr size_t MostHanging = 8;

std::shared_ptr<Fd> new_eventfd() {
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    must(fd < 0 ? -errno : fd, "eventfd");
    return std::make_shared<Fd>(fd);
}

} // namespace

struct Inspector::Question {
    void answer(TargetKind found) {
        const std::lock_guard guard{mutex_};
        kind_ = found;
        answered_.notify_all();
    }
    std::optional<TargetKind> kind() {
        const std::lock_guard guard{mutex_};
        return kind_;
    }
    std::optional<TargetKind> wait(Usec limit) {
        std::unique_lock guard{mutex_};
        answered_.wait_for(guard, limit, [this] { return kind_.has_value(); });
        return kind_;
    }

private:
    std::mutex mutex_;
    std::condition_variable answered_;
    std::optional<TargetKind> kind_;
};

Inspector::Inspector(Loop& loop, Inspect inspect, InspectionLimits limits)
    : loop_(loop), inspect_(std::move(inspect)), limits_(limits), wakeup_(new_eventfd()),
      answers_(loop.on_io(wakeup_->get(), EPOLLIN, [this](uint32_t) { on_answers(); })) {}

Inspector::~Inspector() = default;

std::shared_ptr<Inspector::Question> Inspector::begin(const std::string& path) {
    std::erase_if(open_, [](const auto& entry) { return entry.second->kind().has_value(); });
    auto directory = folder_of(path);
    if (open_.contains(directory) || open_.size() >= MostHanging) return nullptr;
    auto question = std::make_shared<Question>();
    try {
        std::thread{[question, path, inspect = inspect_, wakeup = wakeup_] {
            question->answer(inspect(path));
            eventfd_write(wakeup->get(), 1);
        }}.detach();
    } catch (const std::system_error&) {
        return nullptr;
    }
    open_.emplace(std::move(directory), question);
    return question;
}

TargetKind Inspector::look(const std::string& path) {
    auto question = begin(path);
    return question ? question->wait(limits_.moment).value_or(TargetKind::Gone) : TargetKind::Gone;
}

void Inspector::look(const std::string& path, std::function<void(TargetKind)> found) {
    auto question = begin(path);
    if (!question) return found(TargetKind::Gone);
    askers_.push_back({std::move(question), std::move(found), {}});
    auto asker = std::prev(askers_.end());
    asker->timer = loop_.after(limits_.patience, [this, asker] { end(asker, TargetKind::Gone); });
}

void Inspector::on_answers() {
    eventfd_t count = 0;
    eventfd_read(wakeup_->get(), &count);
    for (auto next = askers_.begin(); next != askers_.end();) {
        auto asker = next++;
        if (auto kind = asker->question->kind()) end(asker, *kind);
    }
}

void Inspector::end(Askers::iterator asker, TargetKind kind) {
    auto found = std::move(asker->found);
    askers_.erase(asker);
    found(kind);
}

} // namespace haulier::desktop
