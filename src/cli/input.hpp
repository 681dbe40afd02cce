// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads files that are named on the command line.
#pragma once

#include "cli/failure.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace haulier::cli {

/// The content of a file, or of standard input if `path` is "-". The bytes need not be UTF-8.
Result<std::string, Failure> read_input(const std::string& path);

/// Refuses what this user cannot read, and what is not a regular file: a job reads it later, and repeatedly.
Result<Done, Failure> check_readable(const std::string& path);

/// The lines of `text`, without their ends, which may be LF or CR LF.
std::vector<std::string> lines_of(std::string_view text);

} // namespace haulier::cli
