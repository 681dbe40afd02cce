// SPDX-License-Identifier: LGPL-2.1-or-later
// The rules of http_rules.hpp for files that are fetched in segments. If-Range is not used here: a server
// that has another version by now would send all of it, although only segments are wanted. So each response
// must prove by itself that it belongs to the version of the bytes on disk. If it belongs to another version,
// everything starts over with the first segment (ResponseAction::RequestWhole); if that cannot be determined,
// the transfer fails.
#pragma once

#include "transfer/http_rules.hpp"
#include "transfer/layout.hpp"

#include <string>

namespace haulier::transfer {

/// The value for Range; empty = request the whole file. With `must_match`, there are bytes on disk, and the
/// response must be of their version.
std::string range_value(const Layout::Remaining& segment, bool must_match);

/// `resume.offset` is the offset in the stream at which the segment begins, and `ResponseDecision::end` is
/// one in the stream as well. The action is Continue with `must_match`, and StartOver without it, because
/// then the previous content does not count. Complete means that the file is empty.
ResponseDecision evaluate_segment(const ResumeState& resume, bool must_match,
                                  const Layout::Remaining& segment, const HttpResponse& response,
                                  int64_t now);

} // namespace haulier::transfer
