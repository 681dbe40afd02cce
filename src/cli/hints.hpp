// SPDX-License-Identifier: LGPL-2.1-or-later
// What the user can type next.
#pragma once

#include "cli/access.hpp"
#include "cli/watch.hpp"

#include <string>

namespace haulier::cli {

/// Lines for the terminal; empty if there is nothing to do.
std::string hint_for(const Access& access, const std::string& id, const WaitResult& result);

} // namespace haulier::cli
