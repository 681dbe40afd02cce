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

} // namespace

std::span<const Step> steps() {
    return Steps;
}

Status migrate(Connection& db, std::span<const Step> steps) {
    auto version = db.ask_integer("PRAGMA user_version");
    if (!version) return version.error();
    for (size_t i = static_cast<size_t>(*version); i < steps.size(); ++i)
        if (auto ok = take(db, i + 1, steps[i]); !ok)
            return Error{Errc::Store, fmt::format("step {} ({}) of the schema failed: {}", i + 1,
                                                  steps[i].name, ok.error().message)};
    return Done{};
}

} // namespace haulier::store
