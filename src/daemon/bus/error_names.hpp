// SPDX-License-Identifier: LGPL-2.1-or-later
// What our error codes are called on the bus.
#pragma once

#include "base/result.hpp"

#include <string>

namespace haulier::bus {

/// "org.haulier.Haulier1.Error.NotFound" and so on: the one place where codes get their names.
std::string bus_name(Errc code);

} // namespace haulier::bus
