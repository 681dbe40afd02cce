// SPDX-License-Identifier: LGPL-2.1-or-later
// The speed of jobs, for commands that look at them once.
#pragma once

#include "cli/client.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace haulier::cli {

/// Bytes per second, by id; jobs that do not move have none.
using Rates = std::map<std::string, double>;

/// Compares `before` with what `read` returns a moment later, and replaces it by that. Waits only if a job
/// moves.
Result<Rates, Failure> measure_rates(Client& client, std::vector<Json>& jobs,
                                     const std::function<Result<std::vector<Json>, Failure>()>& read);

} // namespace haulier::cli
