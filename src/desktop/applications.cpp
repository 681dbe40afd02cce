// SPDX-License-Identifier: LGPL-2.1-or-later
#include "desktop/applications.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <unistd.h>
#include <vector>

namespace haulier::desktop {

namespace {

std::string variable(const char* name, const std::string& otherwise) {
    const char* value = std::getenv(name);
    return value && *value ? value : otherwise;
}

/// XDG Base Directory Specification.
std::vector<std::string> data_directories() {
    std::vector<std::string> all{variable("XDG_DATA_HOME", variable("HOME", "") + "/.local/share")};
    std::istringstream list{variable("XDG_DATA_DIRS", "/usr/local/share:/usr/share")};
    for (std::string one; std::getline(list, one, ':');)
        all.push_back(one);
    return all;
}

} // namespace

bool is_installed(const std::string& desktop_id) {
    if (desktop_id.empty() || desktop_id.find('/') != std::string::npos) return false;
    auto all = data_directories();
    return std::any_of(all.begin(), all.end(), [&](const std::string& directory) {
        return access((directory + "/applications/" + desktop_id + ".desktop").c_str(), R_OK) == 0;
    });
}

std::string desktop_id(const std::string& app) {
    return is_installed(app) ? app : OwnDesktopId;
}

} // namespace haulier::desktop
