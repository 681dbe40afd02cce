// SPDX-License-Identifier: LGPL-2.1-or-later
// The user's folders for downloads, music and so on, from the list of the desktop (user-dirs.dirs).
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace haulier {

/// The content of that list in this directory for configuration, at most 64 KiB; empty if there is none.
std::string read_user_dirs(const std::string& config);
/// What it sets, such as XDG_MUSIC_DIR.
std::map<std::string, std::string> user_dirs_in(std::string_view text, const std::string& home);
/// XDG_DOWNLOAD_DIR in the text of user-dirs.dirs; empty if it is not set there.
std::string download_folder_in(const std::string& text, const std::string& home);
/// That folder, or ~/Downloads, or the home directory: the first that exists.
std::string download_folder();

} // namespace haulier
