// SPDX-License-Identifier: LGPL-2.1-or-later
// The name of the daemon on the bus, and the paths of its objects.
#pragma once

#include <string>

namespace haulier::cli {

inline constexpr const char* BusName = "org.haulier.Haulier1";
inline constexpr const char* RootPath = "/org/haulier/Haulier1";
inline constexpr const char* PermitInterface = "org.haulier.Haulier1.Permit";
inline constexpr const char* JobPathPrefix = "/org/haulier/Haulier1/job/";

/// Of a job.
inline std::string path_of(const std::string& id) {
    return JobPathPrefix + id;
}

} // namespace haulier::cli
