// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads a password: not from the command line, which all users of the machine can read, but from a
// descriptor, or from the terminal without echo.
#pragma once

#include "cli/failure.hpp"

#include <optional>
#include <string>

namespace haulier::cli {

/// The first line of `fd`. Without `fd`, asks on the terminal with `prompt`, or reads standard input if that
/// is not a terminal.
Result<std::string, Failure> read_secret(const std::string& prompt, std::optional<int> fd);
/// Everything that comes from `fd`, at most `limit` bytes.
Result<std::string, Failure> read_all(int fd, size_t limit);

} // namespace haulier::cli
