// SPDX-License-Identifier: LGPL-2.1-or-later
// A real dbus-daemon in a directory of the test. The services that it starts are
// tests/support/bus/notify_service.py.
#pragma once

#include "base/fd.hpp"
#include "source_tree.hpp"
#include "support/files.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace haulier::session {

class PrivateBus {
public:
    explicit PrivateBus(std::filesystem::path directory) : directory_(std::move(directory)) {
        std::filesystem::create_directories(directory_ / "services");
        std::ofstream{directory_ / "bus.conf"}
            << "<busconfig><type>session</type><listen>unix:path=" << socket() << "</listen>"
            << "<auth>EXTERNAL</auth><servicedir>" << (directory_ / "services").string() << "</servicedir>"
            << "<policy context='default'><allow send_destination='*'/><allow receive_sender='*'/><allow "
               "own='*'/></policy></busconfig>";
    }
    ~PrivateBus() { stop(); }
    PrivateBus(const PrivateBus&) = delete;
    PrivateBus& operator=(const PrivateBus&) = delete;

    [[nodiscard]] std::string socket() const { return directory_ / "bus"; }

    /// Returns when it listens, unless `wait` is false.
    void start(bool wait = true) {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) < 0) throw std::runtime_error("pipe2");
        address_ = Fd{ends[0]};
        Fd address_end{ends[1]};
        setenv("DBUS_SESSION_BUS_ADDRESS", ("unix:path=" + socket()).c_str(), 1);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, address_end.get(), 3);
        std::string config = "--config-file=" + (directory_ / "bus.conf").string();
        std::array<const char*, 6> arguments{"dbus-daemon", config.c_str(),      "--nofork",
                                             "--nopidfile", "--print-address=3", nullptr};
        int r = posix_spawnp(&pid_, "dbus-daemon", &actions, nullptr, const_cast<char**>(arguments.data()),
                             environ);
        posix_spawn_file_actions_destroy(&actions);
        if (r != 0) throw std::runtime_error("dbus-daemon cannot be started");
        address_end.reset();
        pollfd listening{address_.get(), POLLIN, 0};
        if (wait && poll(&listening, 1, 20'000) != 1) throw std::runtime_error("dbus-daemon does not start");
    }
    void stop() {
        if (pid_ == 0) return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

    /// Makes the service activatable; `behaviour` as in notify_service.py.
    void add(const std::string& name, const std::string& behaviour) {
        auto directory = directory_ / name;
        std::filesystem::create_directories(directory);
        std::ofstream{directory / "behaviour"} << behaviour;
        std::ofstream{directory_ / "services" / (name + ".service")}
            << "[D-BUS Service]\nName=" << name << "\nExec=/usr/bin/python3 " HAULIER_SOURCE
            << "/tests/support/bus/notify_service.py " << name << ' ' << directory.string() << '\n';
    }
    /// What the service recorded: "starts", "calls", "arguments".
    [[nodiscard]] std::string record(const std::string& name, const std::string& what) const {
        return test::read_file(directory_ / name / what);
    }

private:
    std::filesystem::path directory_;
    Fd address_; ///< the bus writes its address there
    pid_t pid_ = 0;
};

} // namespace haulier::session
