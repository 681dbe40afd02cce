// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/listener.hpp"

#include "cli/bus_names.hpp"

namespace haulier::cli {

std::string Signal::id() const {
    std::string prefix = JobPathPrefix;
    return path.starts_with(prefix) ? path.substr(prefix.size()) : std::string{};
}

} // namespace haulier::cli
