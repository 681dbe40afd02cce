// SPDX-License-Identifier: LGPL-2.1-or-later
// Converts D-Bus values to JSON. A value of a type that this version does not know becomes null.
#pragma once

#include "cli/compat.hpp"
#include "cli/view.hpp"

namespace haulier::cli {

Json decode(const sdbus::Variant& value);
Json decode(const compat::Options& properties);
/// The arguments of a signal as an array; empty for a signal that this version does not know.
Json decode_arguments(const std::string& member, sdbus::Message& message);

} // namespace haulier::cli
