// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens a file that was downloaded, for a client that wants to read it without a path.
#pragma once

#include "base/foreign_fd.hpp"
#include "transfer/failure.hpp"
#include "worker.pb.h"

namespace haulier::transfer {

/// The file under its temporary name or its own, for reading. Fails with LOCAL_FILE, also if another file has
/// taken its place. Blocks, so it runs in the disk pool.
Result<SharedFd, Failure> open_fetched(const wire::Open& request);

} // namespace haulier::transfer
