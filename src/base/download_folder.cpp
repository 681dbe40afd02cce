// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/download_folder.hpp"

#include "base/fd.hpp"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

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

std::string read_user_dirs(const std::string& config) {
    constexpr size_t Enough = 64 * 1024;
    Fd file{::open((config + "/user-dirs.dirs").c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    std::string text(Enough, '\0');
    auto got = file ? ::read(file.get(), text.data(), text.size()) : 0;
    text.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return text;
}

/// The file has the syntax of shells: XDG_DOWNLOAD_DIR="$HOME/Downloads", or an absolute path.
std::map<std::string, std::string> user_dirs_in(std::string_view text, const std::string& home) {
    constexpr std::string_view Home = "$HOME";
    std::map<std::string, std::string> dirs;
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        auto name = line.substr(0, line.find('='));
        auto value = line.substr(std::min(name.size() + 1, line.size()));
        if (value.size() < 2 || !value.starts_with('"') || !value.ends_with('"')) continue;
        value = value.substr(1, value.size() - 2);
        bool is_below_home = value == Home || value.starts_with("$HOME/");
        dirs[std::string{name}] =
            is_below_home ? home + std::string{value.substr(Home.size())} : std::string{value};
    }
    return dirs;
}

std::string download_folder_in(const std::string& text, const std::string& home) {
    return user_dirs_in(text, home)["XDG_DOWNLOAD_DIR"];
}

std::string download_folder() {
    auto home = setting("HOME");
    auto config = setting("XDG_CONFIG_HOME");
    auto text = read_user_dirs(config.empty() ? home + "/.config" : config);
    for (const auto& folder : {download_folder_in(text, home), home + "/Downloads"})
        if (is_existing_folder(folder)) return folder;
    return home;
}

} // namespace haulier
