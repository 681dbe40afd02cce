// SPDX-License-Identifier: LGPL-2.1-or-later
// The last step of a temporary file: it gets its final name, or it is deleted. Both functions block, and run
// on the disk thread. Repeating them is harmless.
#pragma once

#include "transfer/failure.hpp"
#include "worker.pb.h"

#include <sys/types.h>

namespace haulier::transfer {

/// Applies mode and date, makes the file durable, and renames it. `umask` applies only if the request has no
/// mode. Fails with LOCAL_FILE.
Status publish(const wire::Publish& request, mode_t umask);
/// Success if there is no such file.
Status discard(const wire::Discard& request);

} // namespace haulier::transfer
