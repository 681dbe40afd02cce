// SPDX-License-Identifier: LGPL-2.1-or-later
// Every name of ours on the bus.
#pragma once

#include "job/types.hpp"

#include <string>

namespace haulier::bus {

inline const std::string BusName = "org.haulier.Haulier1";
inline const std::string RootPath = "/org/haulier/Haulier1";
inline const std::string CallbackInterface = "org.haulier.Haulier1.Callback";

inline std::string path_of(const job::Id& id) {
    return RootPath + "/job/" + id.hex;
}

} // namespace haulier::bus
