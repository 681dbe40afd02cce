// SPDX-License-Identifier: LGPL-2.1-or-later
// Every name of ours on the bus.
#pragma once

#include "job/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace haulier::bus {

inline const std::string BusName = "org.haulier.Haulier1";
inline const std::string RootPath = "/org/haulier/Haulier1";
inline const std::string JobsPath = RootPath + "/job";
inline const std::string PermitsPath = RootPath + "/permit";
inline const std::string JobInterface = "org.haulier.Haulier1.Job";
inline const std::string CallbackInterface = "org.haulier.Haulier1.Callback";

inline std::string path_of(const job::Id& id) {
    return JobsPath + "/" + id.hex;
}

inline std::string permit_path_of(const job::Id& id) {
    return PermitsPath + "/" + id.hex;
}

/// Whether an object at `path` would be one of ours.
inline bool is_ours(std::string_view path) {
    return path.starts_with(RootPath) && (path.size() == RootPath.size() || path[RootPath.size()] == '/');
}

/// The job whose object `path` would be, if it looks like one.
inline std::optional<job::Id> id_in(std::string_view path) {
    if (!path.starts_with(JobsPath + "/")) return std::nullopt;
    return job::parse_id(path.substr(JobsPath.size() + 1));
}

} // namespace haulier::bus
