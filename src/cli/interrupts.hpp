// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes Ctrl-C and the loss of the terminal something to wait for: while this object lives, SIGINT, SIGTERM
// and SIGHUP do not kill the process but make a descriptor readable.
#pragma once

#include "base/fd.hpp"

#include <csignal>

namespace haulier::cli {

class Interrupts {
public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;
    [[nodiscard]] int fd() const { return fd_.get(); }

private:
    sigset_t before_{};
    Fd fd_;
};

} // namespace haulier::cli
