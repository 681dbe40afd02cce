// SPDX-License-Identifier: LGPL-2.1-or-later
// Launches the workers of the system instance. Each is the unit haulier-worker@UID.service, so that systemd
// gives it the rights of its owner before it reads a byte. It connects to our socket, and the kernel tells
// its uid.
//
// Every user can connect to that socket. Unexpected connections are closed at once, so they cost nothing; and
// another program of the same user, which may connect before the worker, can only harm that user's jobs.
#pragma once

#include "base/event.hpp"
#include "daemon/workers/worker_launcher.hpp"

#include <map>
#include <string>

namespace haulier::daemon {

/// What the launcher needs of systemd.
class UnitManager {
public:
    virtual ~UnitManager() = default;
    using Failed = std::function<void(const std::string& why)>;
    /// Starts the unit, and stops it first if it runs. `failed` is called in a later turn, or not at all.
    virtual void restart(const std::string& unit, Failed failed) = 0;
    virtual void stop(const std::string& unit) = 0;
};

class SystemdUnitLauncher final : public WorkerLauncher {
public:
    /// How long a worker may take to connect.
    static constexpr Usec ConnectTimeout{30'000'000};

    SystemdUnitLauncher(Loop& loop, UnitManager& systemd, const std::string& runtime_directory,
                        Usec timeout = ConnectTimeout)
        : loop_(loop), systemd_(systemd), path_(runtime_directory + "/worker.socket"), timeout_(timeout) {}
    ~SystemdUnitLauncher() override;
    SystemdUnitLauncher(const SystemdUnitLauncher&) = delete;
    SystemdUnitLauncher& operator=(const SystemdUnitLauncher&) = delete;

    /// Fails if another daemon has the socket.
    Status open() override;
    void launch(uint32_t owner, Launched launched) override;
    void kill(uint32_t owner) override;

private:
    struct Launch {
        uint64_t number = 0;
        Launched launched;
        Source deadline;
    };
    void watch_listener();
    void accept_connections();
    void pause_accept(int error);
    void receive(Fd peer);
    void give_up(uint32_t owner, uint64_t number, const std::string& why);

    Loop& loop_;
    UnitManager& systemd_;
    std::string path_;
    Usec timeout_;
    Fd socket_;
    Source connections_;
    std::map<uint32_t, Launch> launches_;
    uint64_t last_number_ = 0;
};

} // namespace haulier::daemon
