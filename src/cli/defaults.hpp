// SPDX-License-Identifier: LGPL-2.1-or-later
// What is not worth a line when a job is shown: properties that nobody has chosen and nothing has changed.
#pragma once

#include "cli/view.hpp"

namespace haulier::cli {

/// The properties that tell this job from any other. What weakens security is always among them.
Json remarkable(const Json& properties);

} // namespace haulier::cli
