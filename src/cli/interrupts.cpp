// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/interrupts.hpp"

#include <sys/signalfd.h>

namespace haulier::cli {

namespace {

/// With nohup, the command outlives its terminal. A signal that is blocked here would be noticed although it
/// was ignored.
bool is_ignored(int signal) {
    struct sigaction action {};
    return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

} // namespace

Interrupts::Interrupts(std::initializer_list<int> more) {
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    if (!is_ignored(SIGHUP)) sigaddset(&ours, SIGHUP);
    for (int signal : more)
        sigaddset(&ours, signal);
    sigprocmask(SIG_BLOCK, &ours, &before_);
    fd_ = Fd{signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK)};
}

std::optional<int> Interrupts::take() {
    signalfd_siginfo taken{};
    if (!fd_ || read(fd_.get(), &taken, sizeof taken) <= 0) return std::nullopt;
    return static_cast<int>(taken.ssi_signo);
}

Interrupts::~Interrupts() {
    while (take()) {
    }
    sigprocmask(SIG_SETMASK, &before_, nullptr);
}

} // namespace haulier::cli
