// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/users.hpp"

#include <pwd.h>

namespace haulier::cli {

std::string user_name(uint32_t uid) {
    const passwd* user = getpwuid(uid);
    return user ? user->pw_name : std::to_string(uid);
}

} // namespace haulier::cli
