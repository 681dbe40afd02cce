// SPDX-License-Identifier: LGPL-2.1-or-later
// Waits for the end of a job and reports how it ended, for get, upload and wait.
#pragma once

#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/watch.hpp"

#include <optional>
#include <string>
#include <vector>

namespace haulier::cli {

/// Waits until the job is transferred or has ended.
Result<WaitResult, Failure> wait_for_end(Client& client, const Common& common, const std::string& id);
/// The same, and completes the job when it is transferred, even if the daemon is killed meanwhile.
Result<WaitResult, Failure> wait_and_complete(Client& client, const Common& common, const std::string& id);

struct WaitMode {
    bool complete = false;            ///< complete jobs that are transferred
    bool any = false;                 ///< end with the first job
    std::optional<Deadline> deadline; ///< then the others have End::TimedOut
};
struct JobEnd {
    std::string id;
    WaitResult result;
};
/// Waits for several jobs at once: those that complete themselves can be read for a short time only. Returns
/// them in the order in which they ended.
Result<std::vector<JobEnd>, Failure> wait_for_several(Client& client, const Common& common,
                                                      const std::vector<std::string>& ids,
                                                      const WaitMode& mode);

/// Prints how the job ended, and returns the exit code of the command.
Exit report(const Common& common, const std::string& id, const WaitResult& result);
/// The job and how it ended, for --json.
Json to_json(const std::string& id, const WaitResult& result);

} // namespace haulier::cli
