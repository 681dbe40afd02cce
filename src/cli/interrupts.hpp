// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes Ctrl-C and the loss of the terminal something to wait for: while this object lives, SIGINT, SIGTERM
// and SIGHUP do not kill the process but make a descriptor readable.
#pragma once

#include "base/fd.hpp"

#include <csignal>
#include <initializer_list>
#include <optional>

namespace haulier::cli {

class Interrupts {
public:
    /// `more`: further signals that would kill the process.
    explicit Interrupts(std::initializer_list<int> more = {});
    virtual ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;
    /// Readable when something has happened.
    [[nodiscard]] virtual int fd() const { return fd_.get(); }
    /// Returns the next signal that has arrived.
    [[nodiscard]] std::optional<int> take();
    /// Returns the signals that were blocked before.
    [[nodiscard]] const sigset_t& before() const { return before_; }

private:
    sigset_t before_{};
    Fd fd_;
};

} // namespace haulier::cli
