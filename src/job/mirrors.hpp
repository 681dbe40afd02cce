// SPDX-License-Identifier: LGPL-2.1-or-later
// The sources of a file are its remote name (source 0) and its mirrors. Of those that are not excluded, the
// one with the fewest failures is used, and the first among equals. A permanent failure (404, a wrong
// checksum, a bad certificate) excludes a source until the next Resume. Before all of them, peers are asked
// (peers.hpp).
#pragma once

#include "job/types.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::job {

/// Number of sources, at least 1.
uint32_t sources_of(const File& file);
/// URL of the current source, or of the peer that is asked.
const std::string& url_of(const File& file);
const std::string& url_of(const File& file, uint32_t source);
/// Blank for a source that has never failed.
SourceStatus status_of(const File& file, uint32_t source);

/// Whether the current source may be given up because it is slow: there must be another one, and a source
/// that has not failed before.
bool may_leave_source(const File& file);

/// The cause lies with the server or the way to it, so that another source may succeed. False for faults of
/// the client and of this machine, such as a full disk.
bool blames_source(Cause cause);

/// Counts a failure of the current source, and excludes it if `fatal`. Returns the source to try next at
/// once; nothing if no other source is better, in which case the failure counts for the job.
std::optional<uint32_t> after_failure(File& file, bool fatal);
/// What was known of the server of the present source is not known of this one's.
void use_source(File& file, uint32_t source);

} // namespace haulier::job
