// SPDX-License-Identifier: LGPL-2.1-or-later
// Content-Encoding of a response to a request for the identity. Many servers label files that are stored in
// compressed form, such as x.tar.gz: those are stored as sent. A server that encodes while it sends has no
// form of the file with fixed offsets.
#pragma once

#include "transfer/http_response.hpp"

#include <string>

namespace haulier::transfer {

/// The codings that were applied to the content, comma-separated; empty = none. Words that are no codings of
/// the content, such as `aws-chunked` and `utf-8`, do not count.
std::string codings_of(const HttpResponse& response);

/// The response has what only a stored file has: its length, and a strong ETag, a date or ranges.
bool is_stored_form(const HttpResponse& response);

} // namespace haulier::transfer
