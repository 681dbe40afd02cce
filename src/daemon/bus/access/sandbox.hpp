// SPDX-License-Identifier: LGPL-2.1-or-later
// What the sandbox of a caller lets it reach, from the file that Flatpak puts into each sandbox. Pure rules
// over text; app_identity.hpp reads the file.
#pragma once

#include "job/confinement.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::bus {

/// Directories of the user outside sandboxes.
struct UserFolders {
    std::string home;
    std::string runtime; ///< $XDG_RUNTIME_DIR; empty = none
    /// By the names that Flatpak has for them, such as xdg-download and xdg-config.
    std::map<std::string, std::string> named;
};
/// `user_dirs` is the content of user-dirs.dirs.
std::map<std::string, std::string> named_folders(std::string_view user_dirs, const std::string& home);
/// As the environment of this process says.
UserFolders user_folders();

/// What /.flatpak-info says.
struct FlatpakInfo {
    std::string app; ///< or the name of a runtime that is run by itself
    std::string instance;
    bool network = false;
    std::vector<std::string> file_systems; ///< such as "xdg-download" and "~/Music:ro"
    std::vector<std::string> persistent;   ///< below the home directory
    bool operator==(const FlatpakInfo&) const = default;
};
/// Nothing if it does not name an app.
std::optional<FlatpakInfo> parse_flatpak_info(std::string_view content);

/// The directories of the host that the app sees under their own paths, and the documents that it was given.
/// What is not understood is not granted.
job::Grants grants_of(const FlatpakInfo& info, const UserFolders& folders);

/// Of a caller.
struct Sandbox {
    enum class Kind {
        None,
        Flatpak,
        Snap,
        Unknown, ///< it could not be seen
    };
    Kind kind = Kind::None;
    std::string app;
    std::string instance;
    bool network = false;
    job::Grants grants;
    bool operator==(const Sandbox&) const = default;
};

} // namespace haulier::bus
