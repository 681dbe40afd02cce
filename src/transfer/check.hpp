// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks whether files can be transferred between these URLs and paths. The daemon asks when a client adds
// files, so that the client learns about mistakes at once.
#pragma once

#include "worker.pb.h"

namespace haulier::transfer {

/// The reply, whose `request` the caller sets, has the first fault found, or none. Blocks, so it runs on the
/// disk pool.
wire::Reply check(const wire::Check& request);

} // namespace haulier::transfer
