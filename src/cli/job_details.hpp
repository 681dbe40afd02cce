// SPDX-License-Identifier: LGPL-2.1-or-later
// A job on one screen: what it does, why it waits, its settings and its files. For show and top.
#pragma once

#include "cli/access.hpp"
#include "cli/view.hpp"

#include <optional>
#include <string>
#include <vector>

namespace haulier::cli {

/// A name and a text each.
using DetailRows = std::vector<std::vector<std::string>>;

/// `rate`: bytes per second. `meaning`: what the error of the job means; may be empty.
DetailRows job_details(const Json& properties, const std::vector<FileView>& files, std::optional<double> rate,
                       const std::string& meaning, Scope scope);
/// Lines of at most `columns`.
std::string fitted_details(const DetailRows& rows, size_t columns);

} // namespace haulier::cli
