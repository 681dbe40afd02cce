// SPDX-License-Identifier: LGPL-2.1-or-later
// How long a job of get or upload is retried without progress before it fails.
#pragma once

#include "cli/client.hpp"
#include "cli/commands.hpp"

namespace haulier::cli {

/// For --no-retry and --retry-for, and for a command that no person watches: a script must end some day.
/// Properties that the job has already take precedence over that default.
Result<Done, Failure> set_patience(NewJob& job, const EndOptions& options, bool on_terminal);

} // namespace haulier::cli
