// SPDX-License-Identifier: LGPL-2.1-or-later
// The seed of a random test, which is printed, and which HAULIER_TEST_SEED sets.
#pragma once

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace haulier::test {

inline unsigned seed() {
    const char* wanted = std::getenv("HAULIER_TEST_SEED");
    unsigned seed = wanted ? static_cast<unsigned>(std::stoul(wanted)) : std::random_device{}();
    std::cout << "seed " << seed << "; repeat with HAULIER_TEST_SEED=" << seed << '\n';
    return seed;
}

} // namespace haulier::test
