// SPDX-License-Identifier: LGPL-2.1-or-later
// What all transfers of a worker share.
#pragma once

#include "base/event.hpp"
#include "transfer/disk_pool.hpp"
#include "transfer/http_transaction.hpp"
#include "transfer/part_opener.hpp"
#include "transfer/refusing_hosts.hpp"
#include "transfer/seen_rates.hpp"
#include "transfer/sink.hpp"
#include "transfer/small_files.hpp"
#include "worker.pb.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <sys/types.h>

namespace haulier::transfer {

struct TransferSettings {
    Sink::SyncInterval sync_interval;
    Usec progress{}; ///< shortest time between two Progress messages of a transfer
    uint32_t connections_per_host = 0;
    uint32_t minimum_rate = 0; ///< bytes a second, for sources that are not the only one
    uint64_t keep_free = 0;    ///< bytes of a file system that stay free for others
    bool yields = false;       ///< background transfers yield
};

struct WorkerContext {
    Loop& loop;
    DiskPool& disk;
    PartOpener& parts;
    SmallFiles& small_files;
    Network network;
    std::function<void(wire::FromWorker)> send; ///< to the daemon
    mode_t umask = 0;
    bool last_was_small = false; ///< the file that was fetched last
    TransferSettings settings{};
    SeenRates rates{};
    RefusingHosts refusing_hosts{};
    /// By origin: how many connections fetch parts of files that have another one already.
    std::map<std::string, uint32_t> extra_connections{};
};

} // namespace haulier::transfer
