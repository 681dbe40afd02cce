// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apt/rights.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace haulier::apt {

bool become_user(const std::string& name) {
    const auto* user = getpwnam(name.c_str());
    if (!user) return false;
    auto uid = user->pw_uid;
    auto gid = user->pw_gid;
    return setgroups(1, &gid) == 0 && setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0;
}

} // namespace haulier::apt
