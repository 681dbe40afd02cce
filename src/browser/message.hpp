// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages between a browser and a native program: the length in 32 bits of the machine's byte order, and
// then so many bytes of JSON.
#pragma once

#include "cli/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::browser {

using cli::Failure;

/// In both directions. Browsers send longer ones, but nothing that is expected here is as long.
inline constexpr uint32_t MaxMessage = 1U << 20U;

/// The text of the next message; nothing if the browser has closed the pipe. After a failure nothing more can
/// be read, because the beginning of the next message is not known.
Result<std::optional<std::string>, Failure> read_message(int fd);
Result<Done, Failure> write_message(int fd, const std::string& text);

} // namespace haulier::browser
