// SPDX-License-Identifier: LGPL-2.1-or-later
// The table of haulierctl history.
#pragma once

#include "cli/job_table.hpp"
#include "cli/view.hpp"

#include <string>
#include <vector>

namespace haulier::cli {

/// `jobs`: as ListEndedJobs has them.
std::string history_table(const std::vector<Json>& jobs, const TableStyle& style);

} // namespace haulier::cli
