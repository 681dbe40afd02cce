// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs a job of one file from its creation to its end, for get and upload.
#pragma once

#include "cli/client.hpp"
#include "cli/commands.hpp"

#include <string>

namespace haulier::cli {

struct TransferPlan {
    NewJob job;
    bool no_wait = false;
    std::string result_name; ///< name of the result in the output of --json
    std::string result;      ///< printed when the job is complete
};

/// Creates the job, or continues the unfinished one with the same key, waits for it, and completes it unless
/// the job completes itself.
Result<Exit, Failure> run_transfer(Client& client, const Common& common, const TransferPlan& plan);

/// Prints the id of a job that was created, or that existed with its key.
Exit print_created(const Common& common, const Created& made);

} // namespace haulier::cli
