// SPDX-License-Identifier: LGPL-2.1-or-later
// A program that the command runs in a process group of its own, so that all its processes can be stopped.
#pragma once

#include "base/result.hpp"

#include <csignal>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace haulier::cli {

class Child {
public:
    /// `words` are the program and its arguments. `signals` are blocked in the program. Fails with errno.
    static Result<Child, int> start(const std::vector<std::string>& words, const sigset_t& signals);

    /// Sends the signal to the whole group.
    void send(int signal) const;
    /// The status as shells report it, which is 128 plus the number of the signal that ended the program.
    /// Nothing while the program runs.
    [[nodiscard]] std::optional<int> status() const;

private:
    explicit Child(pid_t pid) : pid_(pid) {}
    pid_t pid_;
};

} // namespace haulier::cli
