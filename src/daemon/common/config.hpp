// SPDX-License-Identifier: LGPL-2.1-or-later
// The administrator's configuration: haulier.conf and its drop-ins, each key with a default
// (haulier.conf(5)).
#pragma once

#include "job/bandwidth_hours.hpp"
#include "job/retry.hpp"
#include "job/types.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace haulier::daemon {

struct Config {
    std::chrono::milliseconds idle_timeout{30000};
    std::chrono::milliseconds worker_timeout{60000};
    uint32_t calls_per_user = 256; ///< that wait for their turn or for their answer
    bool inhibits_sleep = true;    ///< while jobs in the foreground transfer bytes

    job::Limits limits;
    std::chrono::milliseconds inactivity_timeout{std::chrono::hours{24 * 90}};
    std::chrono::milliseconds empty_job_timeout{std::chrono::hours{24}};

    uint32_t jobs_at_once = 4;     ///< below foreground, of all users
    uint32_t foreground_jobs = 64; ///< of one user
    uint32_t files_at_once = 4;    ///< of one job
    uint32_t small_files_at_once = 64;
    std::chrono::milliseconds time_slice{300000};

    bool require_login = false; ///< jobs run only while their owners are logged in

    std::string proxy_command; ///< absolute path; empty = none

    bool watch_network = true;    ///< also the cost of the network, and the power supply
    uint64_t bandwidth_limit = 0; ///< bytes per second of all users together; 0 = no limit
    std::vector<job::BandwidthRule> bandwidth_schedule; ///< limits during certain hours

    uint64_t checkpoint_bytes = 32ULL << 20;
    std::chrono::milliseconds checkpoint_interval{5000};
    std::chrono::milliseconds connect_timeout{30000};
    std::chrono::milliseconds stall_timeout{60000};
    uint32_t connections_per_host = 6;
    uint32_t minimum_rate = 1024;     ///< bytes a second, of a source that is not the only one
    uint64_t keep_free = 64ULL << 20; ///< bytes of a file system that stay free for others
    bool yields = true;               ///< jobs below foreground yield to other traffic

    job::RetryPolicy retry;

    std::chrono::milliseconds keep_history{std::chrono::hours{24 * 30}}; ///< 0 = no history
    uint32_t history_entries = 1000;                                     ///< of one owner

    std::chrono::milliseconds call_timeout{25000};
    std::chrono::milliseconds notify_retry{5000};
    std::chrono::milliseconds notify_retry_maximum{600000};
    uint32_t calls_in_flight = 4; ///< per owner
    std::chrono::milliseconds launch_delay{60000};
};

struct Configuration {
    Config config;
    /// Unknown keys, bad values (the default stands), unreadable files: each with file and line.
    std::vector<std::string> warnings;
};

/// Reads `file`, then `file`.d/*.conf in the order of their names; a missing file is no error.
Configuration read_config(const std::string& file);
/// For tests: `text` as if it were the content of file `name`.
Configuration parse_config(const std::string& text, const std::string& name);
/// For tests: each key with its section, as "Section Key".
std::vector<std::string> config_keys();

} // namespace haulier::daemon
