// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/download_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>

namespace haulier {

namespace {

namespace fs = std::filesystem;

std::string setting(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

bool is_existing_folder(const std::string& path) {
    std::error_code unknown;
    return path.starts_with('/') && fs::is_directory(path, unknown);
}

} // namespace

/// The file is for shells: XDG_DOWNLOAD_DIR="$HOME/Downloads", or an absolute path.
std::string download_folder_in(const std::string& text, const std::string& home) {
    constexpr std::string_view Name = "XDG_DOWNLOAD_DIR=\"";
    constexpr std::string_view Home = "$HOME";
    std::string found;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(Name) || !line.ends_with('"') || line.size() <= Name.size()) continue;
        auto value = line.substr(Name.size(), line.size() - Name.size() - 1);
        found = value.starts_with(Home) ? home + value.substr(Home.size()) : value;
    }
    return found;
}

std::string download_folder() {
    auto home = setting("HOME");
    auto config = setting("XDG_CONFIG_HOME");
    std::ifstream file{(config.empty() ? home + "/.config" : config) + "/user-dirs.dirs"};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    for (const auto& folder : {download_folder_in(text, home), home + "/Downloads"})
        if (is_existing_folder(folder)) return folder;
    return home;
}

} // namespace haulier
