// SPDX-License-Identifier: LGPL-2.1-or-later
// Prints results and errors.
#pragma once

#include "cli/failure.hpp"
#include "cli/view.hpp"

#include <cstddef>
#include <string>

namespace haulier::cli {

/// Writes to standard output and flushes; throws if that fails, because a missing result is a failure.
void print(const std::string& text);
/// A value on several lines.
void print_json(const Json& value);
/// A value on a line of its own, as one of several.
void print_json_line(const Json& value);
/// Writes to standard error; failures are ignored.
void print_stderr(const std::string& text);
/// Writes a message to standard error, after the name of the program.
void print_error(const std::string& message);

struct TerminalSize {
    size_t rows = 24;
    size_t columns = 80;
};
/// Of the terminal that `fd` is; a usual size if it is none.
TerminalSize terminal_size(int fd);

} // namespace haulier::cli
