// SPDX-License-Identifier: LGPL-2.1-or-later
// One random schedule: clients call, the world changes, time passes, and the daemon dies now and then. In the
// end all is well for long enough that everything must have come to its end.
#pragma once

#include "clients.hpp"
#include "daemon.hpp"
#include "witness.hpp"
#include "world.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haulier::simulation {

class Schedule {
public:
    Schedule(uint64_t seed, bool is_traced);
    /// The faults that were found.
    std::vector<std::string> run(int steps);

private:
    static daemon::Config some_config(Dice& dice);
    void act();
    void change_bus();
    void change_world();
    void change_environment();
    void change_programs(const std::vector<std::string>& all);
    void exchange_name(const std::string& name, const std::vector<std::string>& all);
    void end_daemon();
    void advance(Usec span);
    bool take_turn(BootTime end);
    void start_daemon();
    void stop_daemon(bool in_the_middle);
    void shut_down();
    void exit_if_idle();
    void break_store(bool is_broken);
    void make_peace();
    [[nodiscard]] notify::Manner some_manner();
    [[nodiscard]] std::vector<std::string> programs() const;

    World world_;
    daemon::Config config_;
    Witness witness_{world_, config_};
    Clients clients_{world_, witness_};
    std::string directory_;
    job::Conditions conditions_;
    std::optional<Daemon> daemon_;
    uint64_t turns_ = 0;
    bool must_run_ = false; ///< the daemon has left work behind
    bool has_exited_ = false;
};

} // namespace haulier::simulation
