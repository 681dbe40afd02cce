// SPDX-License-Identifier: LGPL-2.1-or-later
// The user names and passwords with which a new job logs in to its servers.
#pragma once

#include "cli/client.hpp"
#include "cli/commands.hpp"

namespace haulier::cli {

/// For --login, asks for the password, and stores both for every server of the job. Otherwise the URLs get
/// what ~/.netrc has for their hosts, unless they name a user themselves: the daemon then gives it to that
/// server alone.
Result<Done, Failure> take_login(NewJob& job, const JobOptions& options);

} // namespace haulier::cli
