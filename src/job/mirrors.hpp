// SPDX-License-Identifier: LGPL-2.1-or-later
// From where a file is fetched when it has several sources: the one with the fewest failures that is not
// banned, the first of equals. A source is banned when time cannot cure what it did (404, a wrong checksum, a
// bad certificate), and pardoned by Resume.
#pragma once

#include "job/types.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::job {

/// The remote name and the mirrors.
uint32_t sources_of(const File& file);
const std::string& url_of(const File& file);
SourceStatus status_of(const File& file, uint32_t source);

/// Is it the source's fault, or the client's and the machine's (disk full, no network)?
bool blames_source(Cause cause);

/// Marks the present source; answers the one to try next at once, or nothing when no other is better: then
/// the failure is the job's.
std::optional<uint32_t> after_failure(File& file, bool fatal);

/// No source is left that is not banned.
bool all_banned(const File& file);

} // namespace haulier::job
