// SPDX-License-Identifier: LGPL-2.1-or-later
// How results and complaints are printed.
#pragma once

#include "cli/failure.hpp"
#include "cli/view.hpp"

#include <string>

namespace haulier::cli {

/// To stdout, at once; throws when it cannot be written, because a result that is not there is a failure.
void print(const std::string& text);
/// One value for a program, over several lines.
void print_json(const Json& value);
/// One object of many, each in a line of its own.
void print_json_line(const Json& value);
/// To stderr; what cannot be said there is not said.
void say(const std::string& text);
/// One message on stderr, with our name.
void complain(const std::string& message);

} // namespace haulier::cli
