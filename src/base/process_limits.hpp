// SPDX-License-Identifier: LGPL-2.1-or-later
// The resource limits of this process (getrlimit(2)).
#pragma once

namespace haulier {

/// Raises the soft limit of open files to the hard limit, also for processes started later. A write that
/// would make a file too large fails with EFBIG from then on, and does not kill the process.
void relax_limits();

/// Whether a few more files could be opened now.
bool has_free_descriptors();

} // namespace haulier
