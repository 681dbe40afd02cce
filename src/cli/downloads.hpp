// SPDX-License-Identifier: LGPL-2.1-or-later
// The files that get downloads, from the words, options and lists of its command line.
#pragma once

#include "cli/client.hpp"
#include "cli/commands.hpp"

#include <vector>

namespace haulier::cli {

Result<std::vector<NewFile>, Failure> files_to_get(const GetOptions& options);

/// The files that a Metalink file lists, for `directory`; empty = the current one.
Result<std::vector<NewFile>, Failure> files_of_metalink(const std::string& list,
                                                        const std::string& directory);

/// Refuses two files with the same name: one of them would be lost.
Result<Done, Failure> check_distinct(const std::vector<NewFile>& files);

} // namespace haulier::cli
