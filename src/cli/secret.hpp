// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads what nobody should see: not from the command line, which every user of the machine can read, but from
// a descriptor, or from the terminal without showing it.
#pragma once

#include "cli/failure.hpp"

#include <optional>
#include <string>

namespace haulier::cli {

/// The first line of `fd`; without one, asks on the terminal with `prompt`, or reads standard input where
/// there is no terminal.
Outcome<std::string> read_secret(const std::string& prompt, std::optional<int> fd);
/// Everything that comes from `fd`, at most `limit` bytes.
Outcome<std::string> read_all(int fd, size_t limit);

} // namespace haulier::cli
