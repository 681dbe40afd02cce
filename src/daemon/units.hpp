// SPDX-License-Identifier: LGPL-2.1-or-later
// Workers of the system instance: each is the unit haulier-worker@UID.service, so that systemd gives it the
// rights of its owner before it reads a byte. It comes to a socket of ours, and the kernel says whose it is.
//
// Everybody can come to that socket. Who is not waited for is sent away at once, so nobody holds anything of
// ours; and another program of the same user, which may come before the worker, harms that user's jobs alone.
#pragma once

#include "base/event.hpp"
#include "daemon/hiring.hpp"

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

class Units final : public Hiring {
public:
    /// How long a worker may take from the wish for it to its coming.
    static constexpr Usec Patience{30'000'000};

    Units(Loop& loop, UnitManager& systemd, const std::string& runtime_directory, Usec patience = Patience)
        : loop_(loop), systemd_(systemd), path_(runtime_directory + "/worker.socket"), patience_(patience) {}
    ~Units() override;
    Units(const Units&) = delete;
    Units& operator=(const Units&) = delete;

    /// Fails if another daemon has the socket.
    Status open() override;
    void hire(uint32_t owner, Hired hired) override;
    void dismiss(uint32_t owner) override;

private:
    struct Hire {
        uint64_t number = 0;
        Hired hired;
        Source deadline;
    };
    void attend();
    void open_door();
    void rest(int error);
    void receive(Fd visitor);
    void give_up(uint32_t owner, uint64_t number, const std::string& why);

    Loop& loop_;
    UnitManager& systemd_;
    std::string path_;
    Usec patience_;
    Fd socket_;
    Source visitors_;
    std::map<uint32_t, Hire> hires_;
    uint64_t last_number_ = 0;
};

} // namespace haulier::daemon
