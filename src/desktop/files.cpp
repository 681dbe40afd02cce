// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/files.hpp"

#include "base/log.hpp"
#include "desktop/target.hpp"

#include <fmt/core.h>

namespace haulier::desktop {

namespace {

constexpr const char* FileManager = "org.freedesktop.FileManager1";
constexpr const char* FileManagerPath = "/org/freedesktop/FileManager1";

} // namespace

void Files::open(const std::string& path) {
    inspector_.look(path, [this, path](TargetKind kind) {
        if (kind == TargetKind::File) open_with_desktop(path);
    });
}

void Files::show(const std::string& path) {
    inspector_.look(path, [this, path](TargetKind kind) {
        if (kind != TargetKind::Gone) show_in_manager(path, kind == TargetKind::Folder);
    });
}

void Files::show_in_manager(const std::string& path, bool is_folder) {
    auto call =
        bus_.new_call(FileManager, FileManagerPath, FileManager, is_folder ? "ShowFolders" : "ShowItems");
    append_list(call, {file_url(path)});
    append(call, std::string{});
    bus_.call(call, MayStart::Yes,
              [this, folder = is_folder ? path : folder_of(path)](sd_bus_message* reply) {
                  if (!error_of(reply).empty()) open_with_desktop(folder);
              });
}

void Files::open_with_desktop(const std::string& path) {
    commands_.run({"xdg-open", path}, [](int status, const std::string& errors) {
        if (status != 0) log::warning(fmt::format("xdg-open fails with status {}: {}", status, errors));
    });
}

} // namespace haulier::desktop
