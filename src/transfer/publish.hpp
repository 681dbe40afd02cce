// SPDX-License-Identifier: LGPL-2.1-or-later
// The last step of a temporary file: it gets its final name, or it is deleted. Both functions block, and run
// in the disk pool. Repeating them is harmless.
#pragma once

#include "transfer/failure.hpp"
#include "transfer/part_file.hpp"
#include "worker.pb.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace haulier::transfer {

/// The name that a file has now.
using Published = Result<std::string, Failure>;

/// Applies mode and date, makes the files durable, renames them in the order of the requests, and makes their
/// names durable. All have the same directory of temporary files. `umask` applies only if a request has
/// neither a mode nor an umask. Fails with LOCAL_FILE, also if a file does not have its length any more, and
/// with FILE_EXISTS if the name is taken and stays with the file that has it. The results are in the order of
/// the requests.
std::vector<Published> publish(const Place& place, const std::vector<wire::Publish>& requests, mode_t umask);
/// Deletes these files in the directory, and makes that durable. Success if there is no such file, but not if
/// the request names another directory, which may be on a disk that is not mounted. The results are in the
/// order of the requests.
std::vector<Status> discard(const Place& place, const std::vector<wire::Discard>& requests);

} // namespace haulier::transfer
