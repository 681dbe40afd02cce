// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages between a browser and a native host: a length of 32 bits in the machine's byte order, followed by
// that many bytes of JSON.
#pragma once

#include "cli/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::browser {

using cli::Failure;

/// The limit in both directions. Browsers may send longer messages, but none that the host expects.
inline constexpr uint32_t MaxMessage = 1U << 20U;

/// Returns the text of the next message, or nothing if the browser has closed the pipe. After a failure no
/// more messages can be read, because it is not known where the next one begins.
Result<std::optional<std::string>, Failure> read_message(int fd);
Result<Done, Failure> write_message(int fd, const std::string& text);

} // namespace haulier::browser
