// SPDX-License-Identifier: LGPL-2.1-or-later
// A program that the command runs, in a process group of its own, so that all of it can be stopped. If the
// terminal is ours, the program has it while it runs.
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
    /// The group has been stopped: it continues, and has the terminal again.
    void go_on() const;
    /// The terminal is ours again.
    void take_terminal() const;
    /// As shells report it: the status, or 128 and the number of the signal that ended it. Nothing: it has
    /// not ended.
    [[nodiscard]] std::optional<int> status();
    /// The last call of status() has found that it was stopped.
    [[nodiscard]] bool was_stopped() const { return stopped_; }

private:
    Child(pid_t pid, bool has_terminal) : pid_(pid), has_terminal_(has_terminal) {}
    pid_t pid_;
    bool has_terminal_;
    bool stopped_ = false;
};

} // namespace haulier::cli
