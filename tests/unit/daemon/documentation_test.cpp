// SPDX-License-Identifier: LGPL-2.1-or-later
// What an administrator can configure and find in the journal is documented, and what is documented exists.
#include "base/ini.hpp"
#include "base/log.hpp"
#include "daemon/common/config.hpp"
#include "daemon/common/journal.hpp"
#include "daemon/exit_status.hpp"
#include "support/documents.hpp"

#include <gtest/gtest.h>

namespace haulier::daemon {

namespace {

using test::document;
using test::matches;
using test::section;
using Words = std::set<std::string>;

/// haulier.conf(5) as a configuration file in which each key has its documented default.
std::string documented_defaults() {
    auto page = document("docs/man/haulier.conf.5.scd");
    std::regex line{"\n# (\\[\\w+\\])|\\*(\\w+=)\\* \\((\\S*)\\)"};
    std::string text;
    for (std::sregex_iterator match{page.begin(), page.end(), line}, none; match != none; ++match)
        text += match->str(1) + match->str(2) + match->str(3) + "\n";
    return text;
}

TEST(Documentation, HasEveryKeyOfTheConfiguration) {
    Words documented;
    for (const auto& entry : ini::parse(documented_defaults()).entries)
        documented.insert(entry.section + " " + entry.key);
    auto keys = config_keys();
    EXPECT_EQ(documented, Words(keys.begin(), keys.end()));
}

TEST(Documentation, GivesDefaultsThatAreValid) {
    EXPECT_EQ(parse_config(documented_defaults(), "haulier.conf").warnings, std::vector<std::string>{});
}

TEST(Documentation, HasEveryMessageId) {
    auto ids = journal::message_ids();
    Words known(ids.begin(), ids.end());
    EXPECT_EQ(known.size(), ids.size());
    EXPECT_EQ(matches(document("systemd/haulier.catalog"), "\n-- ([0-9a-f]{32})\n"), known);
    auto table = section(document("docs/man/haulierd.8.scd"), "# LOGGING", "\n# ");
    EXPECT_EQ(matches(table, "\n\\|  ([0-9a-f]{32})\n"), known);
}

TEST(Documentation, HasEveryFieldOfTheJournal) {
    Words known(log::field::All.begin(), log::field::All.end());
    auto page = section(document("docs/man/haulierd.8.scd"), "# LOGGING", "\n# ");
    EXPECT_EQ(matches(page, "\\*(HAULIER_\\w+)=\\*"), known);
    for (const auto& field : matches(document("systemd/haulier.catalog"), "@(\\w+)@"))
        EXPECT_TRUE(known.contains(field)) << field;
}

TEST(Documentation, HasEveryExitStatus) {
    Words known;
    for (ExitStatus status : AllExitStatuses)
        known.insert(std::to_string(static_cast<int>(status)));
    auto page = section(document("docs/man/haulierd.8.scd"), "# EXIT STATUS", "\n# ");
    EXPECT_EQ(matches(page, "\n\\*(\\d+)\\*\n"), known);
}

} // namespace

} // namespace haulier::daemon
