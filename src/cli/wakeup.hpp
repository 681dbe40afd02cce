// SPDX-License-Identifier: LGPL-2.1-or-later
// Why the event loop of the command woke up, and until when it may wait.
#pragma once

#include <chrono>

namespace haulier::cli {

enum class Wakeup { Bus, Interrupt, Deadline };
using Deadline = std::chrono::steady_clock::time_point;

} // namespace haulier::cli
