// SPDX-License-Identifier: LGPL-2.1-or-later
// Converts options to D-Bus values.
#pragma once

#include "cli/client.hpp"
#include "cli/compat.hpp"

#include <vector>

namespace haulier::cli {

using BusRange = sdbus::Struct<uint64_t, uint64_t>;

sdbus::Variant encode(const Value& value);
std::vector<BusRange> encode(const std::vector<Range>& ranges);
/// The options of CreateJob.
compat::Options options_of(const NewJob& job);

} // namespace haulier::cli
