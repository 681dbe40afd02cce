// SPDX-License-Identifier: LGPL-2.1-or-later
// Passes messages on between apt and its own method, as the method decides.
#pragma once

#include "apt/method.hpp"
#include "apt/own_method.hpp"

namespace haulier::apt {

/// Reads messages of apt from `input` and writes to `output` until the own method has ended, `signals` (a
/// signalfd) has a signal, or apt does not read any more. Returns the exit status of the own method. After an
/// exception, the jobs go on and the own method has ended, too.
int relay(Method& method, OwnMethod& own, int input, int output, int signals);

} // namespace haulier::apt
