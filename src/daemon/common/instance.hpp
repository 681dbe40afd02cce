// SPDX-License-Identifier: LGPL-2.1-or-later
// Which of the two services this process is.
#pragma once

namespace haulier::daemon {

enum class Instance {
    Session, ///< one user's own, on their session bus
    System,  ///< the machine's, on the system bus: keeps everybody's jobs and runs their transfers as them
};

} // namespace haulier::daemon
