// SPDX-License-Identifier: LGPL-2.1-or-later
// Introspection of an object that only has others below it. libsystemd would list all that are exported, of
// whichever user.
#pragma once

#include <functional>
#include <string>
#include <vector>

struct sd_bus_message;

namespace haulier::bus {

/// For the handler of an object: replies to Introspect with those that `names` returns, and leaves other
/// calls alone.
int reply_with_nodes(sd_bus_message* call, const std::function<std::vector<std::string>()>& names);

} // namespace haulier::bus
