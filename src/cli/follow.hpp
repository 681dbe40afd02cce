// SPDX-License-Identifier: LGPL-2.1-or-later
// Staying with a job until it has ended, and saying how it did: what get and wait have in common.
#pragma once

#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/watch.hpp"

#include <string>

namespace haulier::cli {

/// Until the job is transferred or has ended.
Outcome<Ended> follow(Client& client, const Common& common, const std::string& id);
/// The same, and completes it when it is transferred, even if the daemon is killed in the middle of that.
Outcome<Ended> follow_to_the_end(Client& client, const Common& common, const std::string& id);

/// Tells people how it ended; the code is the command's.
Exit report(const Common& common, const std::string& id, const Ended& ended);
/// The job with how it ended, for --json.
Json to_json(const std::string& id, const Ended& ended);

} // namespace haulier::cli
