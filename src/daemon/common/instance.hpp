// SPDX-License-Identifier: LGPL-2.1-or-later
// Which of the two kinds of service this process is.
#pragma once

namespace haulier::daemon {

enum class Instance {
    Session, ///< one user's, on their session bus
    System,  ///< the machine's, on the system bus: has all users' jobs and transfers files as their owners
};

} // namespace haulier::daemon
