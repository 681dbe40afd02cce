// SPDX-License-Identifier: LGPL-2.1-or-later
// apt's own method for the same scheme, as a process that this one talks to as apt would.
#pragma once

#include "base/fd.hpp"

#include <string>
#include <sys/types.h>

namespace haulier::apt {

class OwnMethod {
public:
    /// Throws std::system_error.
    explicit OwnMethod(const std::string& path);
    OwnMethod(const OwnMethod&) = delete;
    OwnMethod& operator=(const OwnMethod&) = delete;

    Fd input;  ///< for messages to it
    Fd output; ///< for its messages
    void signal(int number) const;
    /// Waits for its end, and returns its exit status.
    int wait();

private:
    pid_t pid_ = -1;
};

/// The path of the method. apt calls a method that is configured in place of its own by the path of its own.
std::string own_method_path(const std::string& called_as);

/// Replaces this process. Returns only if that is impossible.
void become_own_method(const std::string& path);

} // namespace haulier::apt
