// SPDX-License-Identifier: LGPL-2.1-or-later
// One time for each of many jobs, and one timer of the event loop for all of them: a timer for each would
// take half a KiB of memory.
#pragma once

#include "daemon/manager/alarm.hpp"

#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace haulier::daemon {

class JobRecord;

class AlarmQueue {
    using Jobs = std::multimap<BootTime, JobRecord*>;

public:
    /// `ring` is called once for each job whose time has come.
    AlarmQueue(Loop& loop, std::function<void(JobRecord&)> ring) : loop_(loop), ring_(std::move(ring)) {}
    ~AlarmQueue();
    AlarmQueue(const AlarmQueue&) = delete;
    AlarmQueue& operator=(const AlarmQueue&) = delete;

    /// Of a job, which leaves the queue when this is destroyed.
    class Place {
    public:
        Place() = default;
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place() { stop(); }
        [[nodiscard]] bool is_set() const { return queue_ != nullptr; }
        void stop();

    private:
        friend class AlarmQueue;
        AlarmQueue* queue_ = nullptr;
        Jobs::iterator at_;
    };
    /// Replaces an earlier time; nothing = never.
    void set(Place& place, JobRecord& record, std::optional<BootTime> when);

private:
    void arm();
    void ring_until(BootTime time);

    Loop& loop_;
    std::function<void(JobRecord&)> ring_;
    Jobs jobs_;
    Alarm next_;
};

} // namespace haulier::daemon
