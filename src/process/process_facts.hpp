// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel shows of a process that tells which app it belongs to: the file of a Flatpak sandbox in its
// root directory, and its cgroup. A program that reads this needs the rights of the process's user.
#pragma once

#include "base/fd.hpp"
#include "process/user_folders.hpp"

#include <cstdint>
#include <string>

namespace haulier::process {

struct ProcessFacts {
    enum class View {
        Open,   ///< it was examined
        Hidden, ///< it could not be examined
        Ended,  ///< it has ended
    };
    View view = View::Hidden;
    bool in_flatpak = false;    ///< there is a /.flatpak-info
    std::string flatpak_info{}; ///< its content; empty if it is too large
    std::string cgroups{}; ///< the content of /proc/PID/cgroup, also of a process that is hidden otherwise
    UserFolders folders{}; ///< of the process's user, see user_folders()
    bool operator==(const ProcessFacts&) const = default;
};

/// Examines the process of this pidfd, without `folders`. The function accesses no file system that the
/// process could make block.
ProcessFacts examine(const Fd& process);
/// Whether the process of this pidfd has ended. If it has not, its number has not been given to another.
bool has_ended(const Fd& process);
/// A pidfd; none if there is no such process.
Fd open_process(uint32_t pid);

} // namespace haulier::process
