// SPDX-License-Identifier: LGPL-2.1-or-later
#include "process/user_folders.hpp"

#include "base/download_folder.hpp"

#include <array>
#include <cstdlib>
#include <fmt/core.h>
#include <unistd.h>
#include <utility>

namespace haulier::process {

namespace {

std::string without_slash_at_end(std::string path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    return path;
}

std::string from_environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

/// systemd does not set this variable for a system service that runs as a user.
std::string runtime_folder() {
    auto set = from_environment("XDG_RUNTIME_DIR");
    if (!set.empty()) return set;
    auto usual = fmt::format("/run/user/{}", getuid());
    return access(usual.c_str(), X_OK) == 0 ? usual : std::string{};
}

constexpr std::array Special{
    std::pair{"DESKTOP", "xdg-desktop"},     std::pair{"DOCUMENTS", "xdg-documents"},
    std::pair{"DOWNLOAD", "xdg-download"},   std::pair{"MUSIC", "xdg-music"},
    std::pair{"PICTURES", "xdg-pictures"},   std::pair{"PUBLICSHARE", "xdg-public-share"},
    std::pair{"TEMPLATES", "xdg-templates"}, std::pair{"VIDEOS", "xdg-videos"}};

} // namespace

/// Flatpak ignores a folder that is the home directory.
std::map<std::string, std::string> named_folders(std::string_view user_dirs, const std::string& home) {
    std::map<std::string, std::string> named;
    auto dirs = user_dirs_in(user_dirs, home);
    for (const auto& [word, name] : Special) {
        auto folder = without_slash_at_end(dirs["XDG_" + std::string{word} + "_DIR"]);
        if (folder.starts_with('/') && folder != home) named[name] = folder;
    }
    return named;
}

UserFolders user_folders() {
    UserFolders folders{without_slash_at_end(from_environment("HOME")), runtime_folder(), {}};
    auto or_usual = [&](const char* name, const char* usual) {
        auto set = from_environment(name);
        return without_slash_at_end(set.empty() ? folders.home + usual : set);
    };
    auto config = or_usual("XDG_CONFIG_HOME", "/.config");
    folders.named = named_folders(read_user_dirs(config), folders.home);
    folders.named["xdg-config"] = config;
    folders.named["xdg-data"] = or_usual("XDG_DATA_HOME", "/.local/share");
    folders.named["xdg-cache"] = or_usual("XDG_CACHE_HOME", "/.cache");
    return folders;
}

} // namespace haulier::process
