// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks of a path that another user chose, before the worker uses it with its own user's rights: no one but
// root and this user may be able to redirect it.
#pragma once

#include "transfer/failure.hpp"

#include <string>

namespace haulier::transfer {

/// Every directory and symbolic link on the path belongs to root or this user, and no other user may rename
/// what is in it. If so, no other user can change that. Otherwise LOCAL_FILE, and the message says what is
/// wrong.
Status check_trusted_directory(const std::string& path);

/// As above for a file that will be read: its directory, and the file itself, which must have a single name.
Status check_trusted_file(const std::string& directory, const std::string& name);

} // namespace haulier::transfer
