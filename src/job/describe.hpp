// SPDX-License-Identifier: LGPL-2.1-or-later
// What errors mean, in a short lower-case clause for a reader who does not know Haulier.
#pragma once

#include "base/result.hpp"
#include "job/cause.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace haulier::job {

std::string_view describe(Errc code);
std::string_view describe(Cause cause);

/// As above, with what `code` adds: "404: the server has no such file" for an HTTP status, the text of errno
/// for a local error. 0 adds nothing.
std::string describe(Cause cause, int32_t code);

} // namespace haulier::job
