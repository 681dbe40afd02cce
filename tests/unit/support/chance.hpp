// SPDX-License-Identifier: LGPL-2.1-or-later
// Random tests that can be repeated: the seed is printed, and set with HAULIER_TEST_SEED. HAULIER_TEST_ROUNDS
// makes them longer, as tools/campaign does.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>

namespace haulier::test {

inline std::optional<uint64_t> number_from(const char* variable) {
    const char* text = std::getenv(variable);
    if (!text) return std::nullopt;
    return std::strtoull(text, nullptr, 10);
}

/// Another one in each run, unless it is set.
inline uint64_t seed() {
    auto now = std::chrono::system_clock::now().time_since_epoch().count();
    return number_from("HAULIER_TEST_SEED").value_or(static_cast<uint64_t>(now) % 1'000'000'000);
}

inline uint64_t printed_seed() {
    auto value = seed();
    std::cout << "seed " << value << "; repeat with HAULIER_TEST_SEED=" << value << '\n';
    return value;
}

inline std::optional<uint64_t> rounds() {
    return number_from("HAULIER_TEST_ROUNDS");
}

} // namespace haulier::test
