// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs other programs of the desktop and of Haulier.
#pragma once

#include "base/event.hpp"

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace haulier::desktop {

class Commands {
public:
    /// The exit status, 127 if it cannot be run, and what it has written to standard error.
    using Finished = std::function<void(int status, const std::string& errors)>;

    explicit Commands(Loop& loop) : loop_(loop) {}
    /// `words`: the program, found in PATH, and its arguments.
    void run(const std::vector<std::string>& words, Finished finished);

private:
    struct Running;
    Loop& loop_;
    std::list<std::shared_ptr<Running>> running_;
};

} // namespace haulier::desktop
