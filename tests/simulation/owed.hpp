// SPDX-License-Identifier: LGPL-2.1-or-later
// Which notifications a job owes its client.
#pragma once

#include "job/types.hpp"

#include <optional>

namespace haulier::simulation {

bool wants(const job::NotifyFlags& flags, job::NotificationKind kind);
/// The end of its work of which a job in this state is to tell; not one that has got more files since.
std::optional<job::NotificationKind> end_of(const job::Job& job);

} // namespace haulier::simulation
