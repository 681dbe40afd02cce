// SPDX-License-Identifier: LGPL-2.1-or-later
// A test that runs an event loop itself, and waits with a deadline.
#pragma once

#include "base/event.hpp"

#include <gtest/gtest.h>

namespace haulier::test {

class LoopTest : public testing::Test {
protected:
    /// Runs the loop until `done`; fails after a deadline.
    template <class Done>
    void run_until(Done done) {
        using std::chrono::seconds;
        for (auto deadline = SystemClock{}.now().boot + seconds{30}; !done();) {
            ASSERT_LT(SystemClock{}.now().boot, deadline) << "nothing happened";
            loop_.turn(seconds{1});
        }
    }
    /// Runs the loop as long as an event is ready.
    void drain() {
        while (loop_.turn(Usec{0}))
            continue;
    }

    Loop loop_;
};

} // namespace haulier::test
