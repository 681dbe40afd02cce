// SPDX-License-Identifier: LGPL-2.1-or-later
// The store of a simulation. There are two programs with the same schedules: one has a store of our own, in
// memory_store.cpp, which is cheap and can fail; the other has the real one.
#pragma once

#include <functional>
#include <string>

namespace haulier::simulation {

struct StoreControl {
    /// False: the daemon has died before this commit. Only the store in memory asks.
    std::function<bool()> may_commit;
    /// Every commit fails. Only in the store in memory.
    bool is_broken = false;
};
StoreControl& store_control();

/// An empty directory for a store; it is deleted with its contents by the next call.
std::string new_store_directory();

} // namespace haulier::simulation
