// SPDX-License-Identifier: LGPL-2.1-or-later
// From bus values to JSON. A value of a type that this version has never heard of becomes null.
#pragma once

#include "cli/compat.hpp"
#include "cli/view.hpp"

namespace haulier::cli {

Json decode(const sdbus::Variant& value);
Json decode(const compat::Options& properties);
/// The arguments of a signal that the contract knows, as an array.
Json decode_arguments(const std::string& member, sdbus::Message& message);

} // namespace haulier::cli
