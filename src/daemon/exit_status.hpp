// SPDX-License-Identifier: LGPL-2.1-or-later
// The exit statuses of haulierd, which haulierd(8) documents and the units of systemd refer to.
#pragma once

#include <array>
#include <sysexits.h>

namespace haulier::daemon {

enum class ExitStatus {
    Success = EX_OK,
    BadCommandLine = EX_USAGE,
    StateDirectory = EX_UNAVAILABLE,
    InternalError = EX_SOFTWARE,
    WorkerSocket = EX_CANTCREAT,
    Database = EX_IOERR,
    StartAgain = EX_TEMPFAIL,
    NameDenied = EX_NOPERM,
};

inline constexpr std::array AllExitStatuses{ExitStatus::Success,        ExitStatus::BadCommandLine,
                                            ExitStatus::StateDirectory, ExitStatus::InternalError,
                                            ExitStatus::WorkerSocket,   ExitStatus::Database,
                                            ExitStatus::StartAgain,     ExitStatus::NameDenied};

/// Whether another start would end in the same way, so that systemd must not try it
/// (RestartPreventExitStatus).
constexpr bool is_permanent(ExitStatus status) {
    switch (status) {
    case ExitStatus::Success:
    case ExitStatus::InternalError:
    case ExitStatus::StartAgain: return false;
    case ExitStatus::BadCommandLine:
    case ExitStatus::StateDirectory:
    case ExitStatus::WorkerSocket:
    case ExitStatus::Database:
    case ExitStatus::NameDenied: return true;
    }
    return false;
}

} // namespace haulier::daemon
