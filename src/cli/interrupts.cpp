// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/interrupts.hpp"

#include <sys/signalfd.h>

namespace haulier::cli {

Interrupts::Interrupts() {
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    sigprocmask(SIG_BLOCK, &ours, &before_);
    fd_ = Fd{signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK)};
}

Interrupts::~Interrupts() {
    signalfd_siginfo taken{};
    while (fd_ && read(fd_.get(), &taken, sizeof taken) > 0) {
    }
    sigprocmask(SIG_SETMASK, &before_, nullptr);
}

} // namespace haulier::cli
