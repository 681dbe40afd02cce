// SPDX-License-Identifier: LGPL-2.1-or-later
#include "owed.hpp"

namespace haulier::simulation {

using job::NotificationKind;
using job::State;

bool wants(const job::NotifyFlags& flags, NotificationKind kind) {
    if (flags.disable) return false;
    switch (kind) {
    case NotificationKind::Transferred: return flags.transferred;
    case NotificationKind::Error: return flags.error;
    case NotificationKind::FileTransferred: return flags.file_transferred;
    case NotificationKind::RemoteNameExpired: return flags.remote_name_expired;
    }
    return false;
}

std::optional<NotificationKind> end_of(const job::Job& job) {
    bool is_whole = job.files_transferred == job.files_total;
    if (job.state == State::Transferred && is_whole) return NotificationKind::Transferred;
    if (job.state == State::Error) return NotificationKind::Error;
    if (job.state == State::Acknowledged && job::completes_itself(job)) return NotificationKind::Transferred;
    return std::nullopt;
}

} // namespace haulier::simulation
