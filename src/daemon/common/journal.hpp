// SPDX-License-Identifier: LGPL-2.1-or-later
// The events that administrators look for in the journal. Each kind has a MESSAGE_ID that never changes, and
// an explanation in systemd/haulier.catalog (journalctl -x).
#pragma once

#include "job/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::daemon::journal {

// ---- jobs: their beginning and end, not every step ----

void created(const job::Job& job);
/// Logs if the job was transferred, failed, ended or taken. `bytes`: of its files, as transferred.
void changed(const job::Job& before, const job::Job& after, uint64_t bytes);
/// `client`: its bus name; `why`: the outcome of the call, in words.
void delivery_failed(const job::Id& job, uint32_t owner, const std::string& client, const std::string& why);

// ---- the service ----

void no_worker(uint32_t owner, const std::string& why);
void set_aside(const std::string& database);
void bad_setting(const std::string& warning);

/// For tests: the MESSAGE_IDs of all events.
std::vector<std::string_view> message_ids();

} // namespace haulier::daemon::journal
