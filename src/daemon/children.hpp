// SPDX-License-Identifier: LGPL-2.1-or-later
// Workers of the session instance: children with one end of a socket pair, with the rights that we have.
#pragma once

#include "base/event.hpp"
#include "daemon/hiring.hpp"

#include <map>
#include <string>
#include <sys/types.h>

namespace haulier::daemon {

class Children final : public Hiring {
public:
    Children(Loop& loop, std::string program) : loop_(loop), program_(std::move(program)) {}

    Status open() override { return Done{}; }
    void hire(uint32_t owner, Hired hired) override;
    void dismiss(uint32_t owner) override;

private:
    void start(uint32_t owner);
    void reap(pid_t pid);

    Loop& loop_;
    std::string program_;
    struct Hire {
        Hired hired;
        Source due;
    };
    std::map<uint32_t, Hire> hires_;   ///< for the next turn
    std::map<uint32_t, pid_t> newest_; ///< the child that was started last for an owner
    std::map<pid_t, Source> children_; ///< each is reaped
};

} // namespace haulier::daemon
