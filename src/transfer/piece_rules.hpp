// SPDX-License-Identifier: LGPL-2.1-or-later
// The rules of http_rules for files of which only pieces are wanted. There is no If-Range here: a server that
// has another version by now would send all of it, while the pieces are asked for one by one. So each answer
// alone must prove that it belongs to the version of which bytes are here; where it is another, everything
// starts over with the first piece (Course::AskWhole), and where nobody can tell, it fails.
#pragma once

#include "transfer/http_rules.hpp"
#include "transfer/layout.hpp"

#include <string>

namespace haulier::transfer {

/// The value for Range. `bound`: bytes are here, and what is wanted must be of their version. Empty = ask for
/// all.
std::string range_value(const Layout::Place& place, bool bound);

/// `known.offset`: where in the stream the piece begins; `Verdict::end` counts there, too. GoOn if `bound`,
/// else StartOver: nothing that was there before counts. AllHere: the file is empty.
Verdict judge_piece(const Known& known, bool bound, const Layout::Place& place, const Answer& answer,
                    int64_t now);

} // namespace haulier::transfer
