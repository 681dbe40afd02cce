// SPDX-License-Identifier: LGPL-2.1-or-later
// Every error of a call is documented, and every documented one exists.
#include "daemon/bus/names/error_names.hpp"
#include "support/documents.hpp"

#include <gtest/gtest.h>

namespace haulier::bus {

namespace {

TEST(Documentation, HasEveryErrorOfACall) {
    std::set<std::string> known;
    for (int i = 0; i <= static_cast<int>(Errc::Internal); ++i)
        known.insert(test::section(bus_name(static_cast<Errc>(i)), "org.haulier.Haulier1.Error."));
    auto page = test::section(test::document("docs/errors.md"), "## Errors of calls", "## Errors of jobs");
    EXPECT_EQ(test::matches(page, "\n\\| `(\\w+)` \\|"), known);
}

} // namespace

} // namespace haulier::bus
