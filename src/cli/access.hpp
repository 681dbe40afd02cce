// SPDX-License-Identifier: LGPL-2.1-or-later
// Which daemon the command uses, and whose jobs it may access there.
#pragma once

#include <string>

namespace haulier::cli {

enum class Scope { User, System };

struct Access {
    Scope scope = Scope::User;
    bool all_users = false;   ///< jobs of other users are meant, too
    bool ask_password = true; ///< polkit may ask for an administrator's password
    bool verbose = false;

    /// Only users who say that they mean jobs of others are asked for a password: a mistyped id must not open
    /// a dialog.
    [[nodiscard]] bool interactive() const { return all_users && ask_password; }
    /// The command with its options, for messages that say what to type next.
    [[nodiscard]] std::string program() const {
        return std::string{"haulierctl"} + (scope == Scope::System ? " --system" : "") +
               (all_users ? " --all-users" : "");
    }
};

} // namespace haulier::cli
