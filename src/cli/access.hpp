// SPDX-License-Identifier: LGPL-2.1-or-later
// Which daemon the command talks to, and how far it means to reach there.
#pragma once

#include <string>

namespace haulier::cli {

enum class Scope { User, System };

struct Access {
    Scope scope = Scope::User;
    bool all_users = false;   ///< jobs of others, too
    bool ask_password = true; ///< an administrator may be asked for a password
    bool verbose = false;

    /// Only who names others' jobs as such may be asked: with a mistyped id nobody shall get a dialog.
    [[nodiscard]] bool interactive() const { return all_users && ask_password; }
    /// For messages that tell people what to type next.
    [[nodiscard]] std::string program() const {
        return std::string{"haulierctl"} + (scope == Scope::System ? " --system" : "") +
               (all_users ? " --all-users" : "");
    }
};

} // namespace haulier::cli
