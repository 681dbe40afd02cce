// SPDX-License-Identifier: LGPL-2.1-or-later
// The limits that the kernel sets to this process (getrlimit(2)).
#pragma once

namespace haulier {

/// Makes use of all that is allowed: as many open files as the hard limit permits, which processes started
/// later inherit. A file that would become too large is an error (EFBIG) from then on, and not the end of the
/// process.
void relax_limits();

/// A few more files could be opened now.
bool has_free_descriptors();

} // namespace haulier
