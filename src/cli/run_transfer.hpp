// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs a job from its creation to its end, for get and upload.
#pragma once

#include "cli/client.hpp"
#include "cli/commands.hpp"

#include <string>
#include <vector>

namespace haulier::cli {

struct TransferPlan {
    NewJob job;
    std::vector<std::string>
        named; ///< properties of `job` that an unfinished job with its key must have, too
    bool no_wait = false;
    bool no_clobber = false;          ///< files that are there already are left out
    std::string result_name;          ///< name of the result in the output of --json; with an s for several
    std::vector<std::string> results; ///< printed when the job is complete
};

/// Creates the job, or continues the unfinished one with the same key, waits for it, and completes it unless
/// the job completes itself.
Result<Exit, Failure> run_transfer(Client& client, const Common& common, const TransferPlan& plan);

/// A key by which the same command finds its unfinished job: URLs, targets, checksums and ranges are the
/// same.
std::string key_of(const NewJob& job);
/// Whether a key was made by key_of(), and means nothing to the user.
bool is_made_up(const std::string& key);

/// Prints the id of a job that was created, or that existed with its key.
Exit print_created(const Common& common, const Created& made);

} // namespace haulier::cli
