// SPDX-License-Identifier: LGPL-2.1-or-later
// What all flights of a worker share.
#pragma once

#include "base/event.hpp"
#include "transfer/disk_thread.hpp"
#include "transfer/request.hpp"
#include "transfer/sink.hpp"
#include "worker.pb.h"

#include <functional>
#include <string>
#include <unordered_set>

namespace haulier::transfer {

struct FlightSettings {
    Sink::Rhythm rhythm;
    Usec progress{};
    uint32_t connections_per_host = 0;
};

struct Yard {
    Loop& loop;
    DiskThread& disk;
    Network network;
    std::function<void(const wire::FromWorker&)> tell;
    FlightSettings settings{};
    std::unordered_set<std::string> if_range_broken{}; ///< origins seen to answer If-Range wrongly
};

} // namespace haulier::transfer
