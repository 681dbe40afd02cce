// SPDX-License-Identifier: LGPL-2.1-or-later
// Over how many connections the files of a job are fetched.
#pragma once

#include "job/types.hpp"

#include <cstdint>

namespace haulier::job {

struct Connections {
    uint32_t most = 1;       ///< for one file
    uint64_t split_from = 0; ///< a file with fewer bytes is fetched over one
};

/// A client that waits in the foreground gets several where it gains much; a transfer in the background
/// leaves servers and networks to others.
constexpr Connections connections_for(const Job& job) {
    constexpr uint32_t chosen = 4;
    constexpr uint64_t large = 64 * 1024 * 1024;
    if (job.connections > 0) return {.most = job.connections};
    return {.most = job.priority == Priority::Foreground ? chosen : 1, .split_from = large};
}

} // namespace haulier::job
