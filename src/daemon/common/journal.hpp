// SPDX-License-Identifier: LGPL-2.1-or-later
// What an administrator looks for in the journal. Each kind of event has a MESSAGE_ID for life, and a text
// for people in systemd/haulier.catalog (journalctl -x).
#pragma once

#include "job/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace haulier::daemon::journal {

// ---- jobs: how they begin and end, not each of their steps ----

void created(const job::Job& job);
/// Where that is an event: transferred, failed, ended, another's.
void changed(const job::Job& before, const job::Job& after);
/// `client`: its bus name; `why`: the outcome of the call, in words.
void delivery_failed(const job::Id& job, uint32_t owner, const std::string& client, const std::string& why);

// ---- the service ----

void no_worker(uint32_t owner, const std::string& why);
void set_aside(const std::string& database);
void bad_setting(const std::string& warning);

/// For tests: the MESSAGE_IDs of all events.
std::vector<std::string_view> message_ids();

} // namespace haulier::daemon::journal
