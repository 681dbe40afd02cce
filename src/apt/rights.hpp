// SPDX-License-Identifier: LGPL-2.1-or-later
// The rights of this process. apt starts its methods as root.
#pragma once

#include <string>

namespace haulier::apt {

/// Becomes the user for good, as apt's own methods do. False if that is impossible.
bool become_user(const std::string& name);

} // namespace haulier::apt
