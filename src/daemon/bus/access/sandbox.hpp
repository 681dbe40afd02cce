// SPDX-License-Identifier: LGPL-2.1-or-later
// Determines what the sandbox of a caller permits, from the file that Flatpak puts into each sandbox. These
// are pure rules over text; app_identity.hpp reads the file.
#pragma once

#include "job/confinement.hpp"
#include "process/user_folders.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::bus {

/// The content of /.flatpak-info.
struct FlatpakInfo {
    std::string app; ///< id of the app, or of a runtime that is run without an app
    std::string instance;
    bool network = false;
    std::vector<std::string> file_systems; ///< such as "xdg-download" and "~/Music:ro"
    std::vector<std::string> persistent;   ///< below the home directory
    bool operator==(const FlatpakInfo&) const = default;
};
/// Returns nothing if the file does not name an app.
std::optional<FlatpakInfo> parse_flatpak_info(std::string_view content);

/// The directories of the host that the app sees under the same paths, and its documents. Entries that are
/// not understood grant nothing.
job::Grants grants_of(const FlatpakInfo& info, const process::UserFolders& folders);

/// The sandbox of a caller.
struct Sandbox {
    enum class Kind {
        None,
        Flatpak,
        Snap,
        Unknown, ///< the process could not be examined
    };
    Kind kind = Kind::None;
    std::string app;
    std::string instance;
    bool network = false;
    job::Grants grants;
    std::string obstacle{}; ///< why the process could not be examined, if that is known
    bool operator==(const Sandbox&) const = default;
};

} // namespace haulier::bus
