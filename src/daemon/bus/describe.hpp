// SPDX-License-Identifier: LGPL-2.1-or-later
// The meaning of an error, looked up by its name on the bus.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace haulier::bus {

/// `name` is that of a job's Error, which `code` belongs to, or of an error of a method call, with or without
/// its prefix. NotFound for any other name.
Result<std::string> describe_error(std::string_view name, int32_t code);

} // namespace haulier::bus
