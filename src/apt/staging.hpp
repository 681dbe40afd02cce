// SPDX-License-Identifier: LGPL-2.1-or-later
// The folder in which Haulier keeps the packages of upgrades until they are in apt's cache. It belongs to the
// user of apt's methods, as does the folder in which apt wants them.
#pragma once

#include "apt/package.hpp"

#include <ctime>
#include <optional>
#include <string>

namespace haulier::apt {

/// Of an HTTP header.
std::optional<time_t> parse_date(const std::string& text);
std::string format_date(time_t date);

/// Moves a package that is complete to where apt wants it. Returns its date, or nothing if there is no such
/// package. The checksum was compared before the file got its name, and apt compares it again.
std::optional<time_t> take_finished(const std::string& folder, const Package& package);

/// Copies the beginning of a package to where apt wants it, unless apt has more of it there. apt's own method
/// asks the server for the rest, with the date of the file as proof that it is the rest of the same file.
/// Returns whether it was copied.
bool take_beginning(const std::string& temporary, const Package& package, const std::string& last_modified);

} // namespace haulier::apt
