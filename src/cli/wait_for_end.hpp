// SPDX-License-Identifier: LGPL-2.1-or-later
// Waits for the end of a job and reports how it ended, for get, upload and wait.
#pragma once

#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/watch.hpp"

#include <string>

namespace haulier::cli {

/// Waits until the job is transferred or has ended.
Result<WaitResult, Failure> wait_for_end(Client& client, const Common& common, const std::string& id);
/// The same, and completes the job when it is transferred, even if the daemon is killed meanwhile.
Result<WaitResult, Failure> wait_and_complete(Client& client, const Common& common, const std::string& id);

/// Prints how the job ended, and returns the exit code of the command.
Exit report(const Common& common, const std::string& id, const WaitResult& result);
/// The job and how it ended, for --json.
Json to_json(const std::string& id, const WaitResult& result);

} // namespace haulier::cli
