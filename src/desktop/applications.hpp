// SPDX-License-Identifier: LGPL-2.1-or-later
// The apps that a desktop knows, by the names of their .desktop files.
#pragma once

#include <string>

namespace haulier::desktop {

inline constexpr const char* OwnDesktopId = "org.haulier.Transfers";

bool is_installed(const std::string& desktop_id);
/// Under which app the job of `app` (AppId) is shown: its own, or ours if the desktop does not know that.
std::string desktop_id(const std::string& app);

} // namespace haulier::desktop
