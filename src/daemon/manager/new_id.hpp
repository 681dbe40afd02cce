// SPDX-License-Identifier: LGPL-2.1-or-later
// New job ids.
#pragma once

#include "job/types.hpp"

namespace haulier::daemon {

/// A random id that no job has had before.
job::Id new_id();

} // namespace haulier::daemon
