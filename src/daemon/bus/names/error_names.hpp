// SPDX-License-Identifier: LGPL-2.1-or-later
// What our error codes are called on the bus.
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace haulier::bus {

/// "org.haulier.Haulier1.Error.NotFound" and so on: the one place where codes get their names.
std::string bus_name(Errc code);
/// The reverse, with or without what all names begin with.
std::optional<Errc> errc_from_name(std::string_view name);

} // namespace haulier::bus
