// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks of text that the validations share. `what` names the text in the message, as "the display name".
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace haulier::job {

Error invalid_argument(std::string message);

/// Number of code points in a UTF-8 string.
size_t length_of(const std::string& utf8);

/// StringTooLong if `text` has more than `limit` code points.
Status characters_at_most(std::string_view what, const std::string& text, size_t limit);
/// StringTooLong if `text` has more than `limit` bytes.
Status bytes_at_most(std::string_view what, const std::string& text, size_t limit);

} // namespace haulier::job
