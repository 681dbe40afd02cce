// SPDX-License-Identifier: LGPL-2.1-or-later
// Which of the two kinds of service this process is.
#pragma once

#include "job/options.hpp"

namespace haulier::daemon {

enum class Instance {
    Session, ///< one user's, on their session bus
    System,  ///< the machine's, on the system bus: has all users' jobs and transfers files as their owners
};

/// What a job is shown as if its client has not chosen: an updater's job would surprise whoever is logged in.
inline job::Visibility usual_visibility(Instance instance) {
    return instance == Instance::Session ? job::Visibility::Full : job::Visibility::Hidden;
}

} // namespace haulier::daemon
