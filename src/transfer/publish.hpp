// SPDX-License-Identifier: LGPL-2.1-or-later
// The last steps of a temporary file: it gets its name, durably and as often as asked, or it goes. Both
// block, and run in the disk thread.
#pragma once

#include "transfer/failure.hpp"
#include "worker.pb.h"

#include <sys/types.h>

namespace haulier::transfer {

/// `umask` takes bits from the mode where none was asked for.
Trouble publish(const wire::Publish& request, mode_t umask);
Trouble discard(const wire::Discard& request);

} // namespace haulier::transfer
