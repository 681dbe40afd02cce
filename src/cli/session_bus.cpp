// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/session_bus.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

namespace haulier::cli {

namespace {

bool is_socket_of(const std::string& path, uid_t uid) {
    struct stat found {};
    return stat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode) && found.st_uid == uid;
}

std::string value_of(const char* value) {
    return value ? value : "";
}

} // namespace

std::string own_bus_address(const std::function<const char*(const char*)>& lookup,
                            const std::string& run_directory, uid_t uid) {
    if (!value_of(lookup("DBUS_SESSION_BUS_ADDRESS")).empty()) return "";
    // su keeps the variable of the user who called it.
    auto runtime = value_of(lookup("XDG_RUNTIME_DIR"));
    if (!runtime.empty() && is_socket_of(runtime + "/bus", uid)) return "";
    auto path = fmt::format("{}/{}/bus", run_directory, uid);
    return is_socket_of(path, uid) ? "unix:path=" + path : "";
}

} // namespace haulier::cli
