// SPDX-License-Identifier: LGPL-2.1-or-later
// A path that somebody else chose, before we go there with our own rights: can nobody but root and us lead it
// elsewhere?
#pragma once

#include "transfer/failure.hpp"

#include <string>

namespace haulier::transfer {

/// Every directory and symbolic link on the way belongs to root or to us, and nobody else may rename what is
/// in it. Once true, nobody else can make it untrue. The message names what is wrong.
Trouble check_trusted_directory(const std::string& path);

/// The same of a file that is to be read: its directory, and the file itself, under this one name.
Trouble check_trusted_file(const std::string& directory, const std::string& name);

} // namespace haulier::transfer
