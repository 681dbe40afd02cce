// SPDX-License-Identifier: LGPL-2.1-or-later
// How an older database becomes one of today: numbered steps, each in a transaction of its own, so that after
// a power cut the next start continues with the step that is missing. `PRAGMA user_version` holds the number
// of the last one.
#pragma once

#include "store/database.hpp"

#include <span>
#include <string_view>

namespace haulier::store {

struct Step {
    std::string_view name; ///< for the error message
    std::string_view sql;  ///< must not begin or end a transaction
};

/// Step n (from 1) leads from version n - 1 to n. They are listed in meson.build.
std::span<const Step> steps();

/// Takes the steps that are missing. An error leaves the database at the last version that was reached.
/// Foreign keys must not be enforced on the connection yet: a step may have to drop and rebuild a table.
Status migrate(Connection& db, std::span<const Step> steps);

} // namespace haulier::store
