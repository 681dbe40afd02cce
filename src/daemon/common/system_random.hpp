// SPDX-License-Identifier: LGPL-2.1-or-later
// Real randomness, for retry delays.
#pragma once

#include "job/retry.hpp"

#include <random>

namespace haulier::daemon {

class SystemRandom final : public job::Random {
public:
    double fraction() override { return std::uniform_real_distribution<>{0.0, 1.0}(engine_); }

private:
    std::mt19937_64 engine_{std::random_device{}()};
};

} // namespace haulier::daemon
