// SPDX-License-Identifier: LGPL-2.1-or-later
// Temporary files of ended jobs that could not be deleted: their disk was read-only, was not mounted or did
// not respond. The store remembers them, and they are deleted as soon as possible.
#pragma once

#include "daemon/manager/manager_context.hpp"
#include "store/store.hpp"

#include <vector>

namespace haulier::daemon {

class PendingDiscards {
public:
    explicit PendingDiscards(ManagerContext& context) : context_(context) {}

    /// Those from the store, at the start. They are tried at once.
    void restore(std::vector<store::Discard> discards);
    /// The change is part of the next commit.
    void add(uint32_t owner, const DiscardOrder& order);

private:
    void set_timer();
    void try_all();
    void deleted(const store::Discard& discard);

    ManagerContext& context_;
    std::vector<store::Discard> discards_;
    Usec pause_{};
    bool is_trying_ = false;
    Source timer_;
};

} // namespace haulier::daemon
