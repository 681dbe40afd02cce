// SPDX-License-Identifier: LGPL-2.1-or-later
// Workers of the system instance: each is the unit haulier-worker@UID.service, so that systemd gives it the
// rights of its owner before it reads a byte. It comes to a socket of ours, and the kernel says whose it is.
//
// Everybody can come to that socket. Who is not waited for is sent away at once, so nobody holds anything of
// ours; and another program of the same user, which may come before the worker, harms that user's jobs alone.
#pragma once

#include "base/event.hpp"
#include "daemon/workers/worker_launcher.hpp"

#include <map>
#include <string>

namespace haulier::daemon {

/// What is asked of systemd; how, is the bus' affair.
class UnitManager {
public:
    virtual ~UnitManager() = default;
    using Failed = std::function<void(const std::string& why)>;
    /// Starts it, after an end to what runs of it. `failed` is called in a later turn, or not at all.
    virtual void restart(const std::string& unit, Failed failed) = 0;
    virtual void stop(const std::string& unit) = 0;
};

class SystemdUnitLauncher final : public WorkerLauncher {
public:
    /// How long a worker may take from the wish for it to its coming.
    static constexpr Usec Patience{30'000'000};

    SystemdUnitLauncher(Loop& loop, UnitManager& systemd, const std::string& runtime_directory,
                        Usec patience = Patience)
        : loop_(loop), systemd_(systemd), path_(runtime_directory + "/worker.socket"), patience_(patience) {}
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
    void rest(int error);
    void receive(Fd peer);
    void give_up(uint32_t owner, uint64_t number, const std::string& why);

    Loop& loop_;
    UnitManager& systemd_;
    std::string path_;
    Usec patience_;
    Fd socket_;
    Source connections_;
    std::map<uint32_t, Launch> launches_;
    uint64_t last_number_ = 0;
};

} // namespace haulier::daemon
