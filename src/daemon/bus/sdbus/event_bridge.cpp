// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/sdbus/event_bridge.hpp"

#include "base/must.hpp"
#include "daemon/bus/sdbus/compat.hpp"

#include <systemd/sd-event.h>
#include <utility>

namespace haulier::bus {

EventBridge::EventBridge(Loop& loop, sdbus::IConnection& connection, std::function<void()> lost, Pace pace)
    : connection_(connection), lost_(std::move(lost)), pace_(pace) {
    auto on_io = [](sd_event_source*, int, uint32_t, void* self) {
        return static_cast<EventBridge*>(self)->dispatch();
    };
    auto on_time = [](sd_event_source*, uint64_t, void* self) {
        return static_cast<EventBridge*>(self)->dispatch();
    };
    auto before_wait = [](sd_event_source*, void* self) {
        return static_cast<EventBridge*>(self)->prepare();
    };
    must(sd_event_add_io(loop.raw(), &io_, connection.getEventLoopPollData().fd, 0, on_io, this),
         "sd_event_add_io");
    must(sd_event_source_set_prepare(io_, before_wait), "sd_event_source_set_prepare");
    must(sd_event_add_time(loop.raw(), &timer_, CLOCK_MONOTONIC, UINT64_MAX, 1, on_time, this),
         "sd_event_add_time");
    must(sd_event_source_set_enabled(timer_, SD_EVENT_OFF), "sd_event_source_set_enabled");
    for (auto* source : {io_, timer_})
        must(sd_event_source_set_priority(source, static_cast<int64_t>(pace.priority)),
             "sd_event_source_set_priority");
}

EventBridge::~EventBridge() {
    sd_event_source_disable_unref(io_);
    sd_event_source_disable_unref(timer_);
}

int EventBridge::prepare() noexcept {
    try {
        auto data = connection_.getEventLoopPollData();
        auto deadline = deadline_of(data);
        sd_event_source_set_io_events(io_, static_cast<uint32_t>(data.events));
        if (deadline != UINT64_MAX) sd_event_source_set_time(timer_, deadline);
        return sd_event_source_set_enabled(timer_, deadline == UINT64_MAX ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
    } catch (...) {
        return give_up();
    }
}

int EventBridge::dispatch() noexcept {
    try {
        for (int n = 0; n < pace_.messages && process_one(connection_); ++n) {
        }
        return 0;
    } catch (...) {
        return give_up();
    }
}

int EventBridge::give_up() noexcept {
    sd_event_source_set_enabled(io_, SD_EVENT_OFF);
    sd_event_source_set_enabled(timer_, SD_EVENT_OFF);
    if (auto lost = std::exchange(lost_, {})) lost();
    return 0;
}

} // namespace haulier::bus
