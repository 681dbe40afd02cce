// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs many asynchronous steps, a few at a time.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <functional>

namespace haulier::daemon {

/// Runs steps 0 to `count` - 1, at most `at_once` at a time. After a failure no further step starts. `done`
/// gets the first failure, or success, when the last active step has ended.
void run_batch(size_t count, std::function<void(size_t, Callback<Done>)> step, Callback<Done> done,
               size_t at_once = 16);

} // namespace haulier::daemon
