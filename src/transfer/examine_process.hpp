// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells the daemon which app a process of this user belongs to, and what its sandbox may access.
#pragma once

#include "worker.pb.h"

namespace haulier::transfer {

/// If a packet has no room for what the sandbox permits, the reply leaves it out, and the daemon refuses the
/// caller. The caller of this function sets `request` of the reply. Blocks if the user's home directory does
/// not respond, so it runs in the disk pool.
wire::Reply examine_process(const wire::Examine& question);

} // namespace haulier::transfer
