// SPDX-License-Identifier: LGPL-2.1-or-later
// Which properties are others after a change of the job; for PropertiesChanged.
#pragma once

#include "job/types.hpp"

#include <string>
#include <vector>

namespace haulier::bus {

std::vector<std::string> changed_properties(const job::Job& before, const job::Job& after, WallTime today);

} // namespace haulier::bus
