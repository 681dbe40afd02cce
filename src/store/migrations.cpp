// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/migrations.hpp"

#include "store/steps.hpp"

#include <fmt/core.h>

namespace haulier::store {

namespace {

Status take(Connection& db, size_t version, const Step& step) {
    auto transaction = Transaction::begin(db);
    if (!transaction) return transaction.error();
    if (auto ok = db.run(std::string{step.sql}); !ok) return ok;
    auto orphans = db.ask_any("PRAGMA foreign_key_check");
    if (!orphans) return orphans.error();
    if (*orphans) return Error{Errc::Store, "rows are left that belong to nothing"};
    if (auto ok = db.run(fmt::format("PRAGMA user_version = {}", version)); !ok) return ok;
    return transaction->commit();
}

/// In some builds with version 4, a column that is `temporary_number` now was called `part`.
Status rename_part_column(Connection& db) {
    auto has_old_name =
        db.ask_any("SELECT 1 FROM pragma_table_info('details') WHERE name = 'part' AND NOT EXISTS "
                   "(SELECT 1 FROM pragma_table_info('details') WHERE name = 'temporary_number')");
    if (!has_old_name) return has_old_name.error();
    if (!*has_old_name) return Done{};
    return db.run("ALTER TABLE details RENAME COLUMN part TO temporary_number");
}

} // namespace

std::span<const Step> steps() {
    return Steps;
}

Status migrate(Connection& db, std::span<const Step> steps) {
    auto version = db.ask_integer("PRAGMA user_version");
    if (!version) return version.error();
    if (*version == 4)
        if (auto ok = rename_part_column(db); !ok) return ok;
    for (size_t i = static_cast<size_t>(*version); i < steps.size(); ++i)
        if (auto ok = take(db, i + 1, steps[i]); !ok)
            return Error{Errc::Store, fmt::format("step {} ({}) of the schema failed: {}", i + 1,
                                                  steps[i].name, ok.error().message)};
    return Done{};
}

} // namespace haulier::store
