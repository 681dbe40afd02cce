// SPDX-License-Identifier: LGPL-2.1-or-later
// The units of systemd name the same directories, sockets and exit statuses as the daemon.
#include "base/ini.hpp"
#include "daemon/exit_status.hpp"
#include "daemon/options.hpp"
#include "daemon/pending_file.hpp"
#include "daemon/workers/systemd_unit_launcher.hpp"
#include "support/documents.hpp"
#include "support/loop_test.hpp"
#include "support/temp_dir.hpp"

#include <cstdlib>
#include <getopt.h>
#include <gtest/gtest.h>

namespace haulier::daemon {

namespace {

/// The last value of `key` in a unit.
std::string value_in(const std::string& unit, const std::string& key) {
    std::string value;
    for (const auto& entry : ini::parse(test::document("systemd/" + unit)).entries)
        if (entry.key == key) value = entry.value;
    return value;
}

std::string file_name(const std::string& path) {
    return std::filesystem::path{path}.filename();
}

Options system_options() {
    unsetenv("STATE_DIRECTORY");
    unsetenv("RUNTIME_DIRECTORY");
    std::string program = "haulierd";
    std::string option = "--system";
    std::array arguments{program.data(), option.data(), static_cast<char*>(nullptr)};
    optind = 0;
    return *parse_options(2, arguments.data());
}

TEST(InstalledFiles, NameTheDirectoriesOfTheSystemInstance) {
    auto options = system_options();
    EXPECT_EQ(options.state_directory, "/var/lib/" + value_in("system/haulier.service.in", "StateDirectory"));
    EXPECT_EQ(options.runtime_directory, "/run/" + value_in("system/haulier.service.in", "RuntimeDirectory"));
}

TEST(InstalledFiles, NameThePendingFile) {
    test::TempDir directory;
    auto watched = value_in("system/haulier.path", "PathExists");
    EXPECT_EQ(watched, system_options().state_directory + "/" + file_name(watched));
    EXPECT_EQ(value_in("user/haulier.path", "PathExists"), "%h/.local/state/haulier/" + file_name(watched));
    PendingFile{directory.path()}.create();
    EXPECT_TRUE(directory.has(file_name(watched)));
}

class WorkerUnit : public test::LoopTest {};

TEST_F(WorkerUnit, ConnectsToTheSocketOfTheLauncher) {
    struct NoUnits final : UnitManager {
        void restart(const std::string& /*unit*/, Failed /*failed*/) override {}
        void stop(const std::string& /*unit*/) override {}
    } systemd;
    test::TempDir directory;
    SystemdUnitLauncher launcher{loop_, systemd, directory.path()};
    ASSERT_TRUE(launcher.open());
    auto socket = test::section(value_in("system/haulier-worker@.service.in", "ExecStart"),
                                "haulier-worker --connect=");
    EXPECT_EQ(socket, system_options().runtime_directory + "/" + file_name(socket));
    EXPECT_TRUE(directory.has(file_name(socket)));
}

TEST(InstalledFiles, StartTheDaemonAgainWhereThatMayHelp) {
    std::set<std::string> permanent;
    for (ExitStatus status : AllExitStatuses)
        if (is_permanent(status)) permanent.insert(std::to_string(static_cast<int>(status)));
    for (const char* unit : {"system/haulier.service.in", "user/haulier.service.in"}) {
        EXPECT_EQ(test::matches(value_in(unit, "RestartPreventExitStatus"), "(\\d+)"), permanent);
        EXPECT_EQ(value_in(unit, "RestartForceExitStatus"),
                  std::to_string(static_cast<int>(ExitStatus::StartAgain)));
    }
}

} // namespace

} // namespace haulier::daemon
