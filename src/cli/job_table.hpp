// SPDX-License-Identifier: LGPL-2.1-or-later
// The jobs as a table, for list.
#pragma once

#include "cli/rates.hpp"
#include "cli/view.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace haulier::cli {

struct TableStyle {
    size_t columns = SIZE_MAX; ///< of the terminal; names and reasons are cut to fit
    bool owners = false;       ///< with a column for the owners
};

std::string job_table(const std::vector<Json>& jobs, const Rates& rates, uint64_t now_usec,
                      const TableStyle& style);

} // namespace haulier::cli
