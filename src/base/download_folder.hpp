// SPDX-License-Identifier: LGPL-2.1-or-later
// The user's folder for downloads.
#pragma once

#include <string>

namespace haulier {

/// XDG_DOWNLOAD_DIR in the text of user-dirs.dirs; empty if it is not set there.
std::string download_folder_in(const std::string& text, const std::string& home);
/// That folder, or ~/Downloads, or the home directory: the first that exists.
std::string download_folder();

} // namespace haulier
