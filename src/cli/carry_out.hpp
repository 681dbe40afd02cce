// SPDX-License-Identifier: LGPL-2.1-or-later
// A job of one file from the wish to the end: what get and upload have in common.
#pragma once

#include "cli/client.hpp"
#include "cli/commands.hpp"

#include <string>

namespace haulier::cli {

struct Errand {
    NewJob job;
    bool no_wait = false;
    std::string result_name; ///< under which --json has the result
    std::string result;      ///< what is printed when all is done
};

/// Makes the job, or goes on with the unfinished one that has its key; waits, and completes it.
Outcome<Exit> carry_out(const Common& common, const Errand& errand);

} // namespace haulier::cli
