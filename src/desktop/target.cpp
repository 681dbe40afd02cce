// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/target.hpp"

#include "base/fd.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fmt/core.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace haulier::desktop {

namespace {

namespace fs = std::filesystem;

/// Types that desktops run, install or interpret, or that lead elsewhere when they are opened.
constexpr auto ProgramSuffixes = std::to_array<std::string_view>(
    {".desktop", ".sh",    ".bash", ".zsh", ".fish",        ".csh",        ".ksh",         ".py",
     ".pyw",     ".pyc",   ".pyz",  ".pl",  ".rb",          ".php",        ".lua",         ".tcl",
     ".awk",     ".elc",   ".js",   ".mjs", ".jse",         ".vbs",        ".vbe",         ".wsf",
     ".ps1",     ".bat",   ".cmd",  ".com", ".exe",         ".scr",        ".pif",         ".msi",
     ".msix",    ".dll",   ".cpl",  ".hta", ".lnk",         ".url",        ".webloc",      ".jar",
     ".jnlp",    ".class", ".run",  ".bin", ".out",         ".so",         ".ko",          ".appimage",
     ".snap",    ".deb",   ".rpm",  ".apk", ".flatpak",     ".flatpakref", ".flatpakrepo", ".service",
     ".xpi",     ".crx",   ".reg",  ".inf", ".application", ".plasmoid"});

bool has_program_suffix(const std::string& path) {
    auto name = ascii_lower(fs::path{path}.filename().string());
    return std::any_of(ProgramSuffixes.begin(), ProgramSuffixes.end(),
                       [&](std::string_view suffix) { return name.ends_with(suffix); });
}

/// Scripts, programs of Linux and Windows, and .desktop files with another name.
bool begins_like_program(std::string_view head) {
    return head.starts_with("#!") ||
           head.starts_with("\x7f"
                            "ELF") ||
           head.starts_with("MZ") || head.find("[Desktop Entry]") != std::string_view::npos;
}

bool is_program(const std::string& path, const struct stat& found) {
    constexpr mode_t Executable = S_IXUSR | S_IXGRP | S_IXOTH;
    if (!S_ISREG(found.st_mode) || (found.st_mode & Executable) != 0) return true;
    std::error_code failed;
    auto real = fs::canonical(path, failed);
    if (failed || has_program_suffix(path) || has_program_suffix(real.string())) return true;
    Fd file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    std::array<char, 1024> head{};
    auto length = file ? read(file.get(), head.data(), head.size()) : -1;
    return length < 0 || begins_like_program({head.data(), static_cast<size_t>(length)});
}

} // namespace

TargetKind inspect(const std::string& path) {
    struct stat found {};
    if (!path.starts_with('/') || stat(path.c_str(), &found) != 0) return TargetKind::Gone;
    if (S_ISDIR(found.st_mode)) return TargetKind::Folder;
    return is_program(path, found) ? TargetKind::Program : TargetKind::File;
}

std::string folder_of(const std::string& path) {
    return fs::path{path}.parent_path().string();
}

std::string file_url(const std::string& path) {
    constexpr std::string_view Plain = "/-._~";
    std::string url = "file://";
    for (char c : path) {
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     Plain.find(c) != std::string_view::npos;
        url += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return url;
}

} // namespace haulier::desktop
