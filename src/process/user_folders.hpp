// SPDX-License-Identifier: LGPL-2.1-or-later
// Directories of a user, as the permissions of Flatpak's apps name them.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace haulier::process {

struct UserFolders {
    std::string home;
    std::string runtime; ///< $XDG_RUNTIME_DIR; empty = none
    /// By Flatpak's names, such as xdg-download and xdg-config.
    std::map<std::string, std::string> named;
    bool operator==(const UserFolders&) const = default;
};
/// `user_dirs` is the content of user-dirs.dirs.
std::map<std::string, std::string> named_folders(std::string_view user_dirs, const std::string& home);
/// Determined from the environment of this process, or by the defaults for its user, and from user-dirs.dirs
/// in the home directory, which may block if that is on a file server.
UserFolders user_folders();

} // namespace haulier::process
