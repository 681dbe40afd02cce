// SPDX-License-Identifier: LGPL-2.1-or-later
// Metrics in the text format of Prometheus. Labels are owner, state, reason and error: never names of jobs or
// URLs, which are private and without number.
#pragma once

#include "cli/view.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace haulier::cli {

/// `jobs`: as ListJobs has them; `statistics`: objects with Owner and the counters of GetStatistics.
std::string metrics_text(const std::vector<Json>& jobs, const std::vector<Json>& statistics,
                         uint64_t now_usec);

} // namespace haulier::cli
