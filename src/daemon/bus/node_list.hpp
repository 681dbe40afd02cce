// SPDX-License-Identifier: LGPL-2.1-or-later
// Introspection of an object that only has child objects. libsystemd would list all exported objects of all
// users.
#pragma once

#include <functional>
#include <string>
#include <vector>

struct sd_bus_message;

namespace haulier::bus {

/// For the handler of an object: replies to Introspect with the child objects that `names` returns, and
/// ignores other calls.
int reply_with_nodes(sd_bus_message* call, const std::function<std::vector<std::string>()>& names);

} // namespace haulier::bus
