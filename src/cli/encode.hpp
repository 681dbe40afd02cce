// SPDX-License-Identifier: LGPL-2.1-or-later
// From what a person wants to what the bus carries.
#pragma once

#include "cli/client.hpp"
#include "cli/compat.hpp"

#include <vector>

namespace haulier::cli {

using Range = sdbus::Struct<uint64_t, uint64_t>;

sdbus::Variant encode(const Value& value);
std::vector<Range> encode(const std::vector<Piece>& pieces);
/// Of CreateJob.
compat::Options options_of(const NewJob& job);

} // namespace haulier::cli
