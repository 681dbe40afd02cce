// SPDX-License-Identifier: LGPL-2.1-or-later
// States of jobs and files, types and results of jobs, in the language of the user.
#pragma once

#include <string>

namespace haulier::cli {

/// The word for a state, a stage, a type or a result; one that this version does not know is made safe for a
/// terminal.
std::string state_word(const std::string& state);

} // namespace haulier::cli
