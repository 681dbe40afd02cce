// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/alarm_queue.hpp"

#include "daemon/manager/job_record.hpp"

namespace haulier::daemon {

AlarmQueue::~AlarmQueue() {
    for (const auto& [when, record] : jobs_)
        record->expiry.queue_ = nullptr;
}

void AlarmQueue::Place::stop() {
    if (auto* queue = std::exchange(queue_, nullptr)) queue->jobs_.erase(at_);
}

/// The timer stays when the first job leaves the queue: it finds nothing that is due, and is set again.
void AlarmQueue::set(Place& place, JobRecord& record, std::optional<BootTime> when) {
    if (place.queue_ && when == place.at_->first) return;
    place.stop();
    if (!when) return;
    place.at_ = jobs_.emplace(*when, &record);
    place.queue_ = this;
    if (place.at_ == jobs_.begin()) arm();
}

void AlarmQueue::arm() {
    auto first = jobs_.empty() ? std::optional<BootTime>{} : jobs_.begin()->first;
    next_.set(loop_, first, [this, first] { ring_until(*first); });
}

void AlarmQueue::ring_until(BootTime time) {
    while (!jobs_.empty() && jobs_.begin()->first <= time) {
        auto& record = *jobs_.begin()->second;
        record.expiry.stop();
        ring_(record);
    }
    arm();
}

} // namespace haulier::daemon
