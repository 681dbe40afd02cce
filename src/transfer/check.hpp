// SPDX-License-Identifier: LGPL-2.1-or-later
// May a file be fetched from there to here, or sent from here to there? Asked when a client adds it, so that
// it hears of mistakes at once.
#pragma once

#include "worker.pb.h"

namespace haulier::transfer {

/// The first fault found, or none.
wire::Answer check(const wire::Check& request);

} // namespace haulier::transfer
