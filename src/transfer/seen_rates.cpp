// SPDX-License-Identifier: LGPL-2.1-or-later
#include "transfer/seen_rates.hpp"

#include <algorithm>

namespace haulier::transfer {

namespace {

constexpr size_t MaxSeen = 256;
/// The machine may have moved to a slower network.
constexpr auto Lifetime = std::chrono::minutes{10};

/// `.haulier-ID-INDEX.part` without the index.
std::string_view job_of(std::string_view temporary) {
    return temporary.substr(0, temporary.rfind('-'));
}

} // namespace

void SeenRates::add(std::string_view temporary, const std::string& origin, uint64_t bytes_per_second,
                    Time now) {
    if (seen_.size() == MaxSeen) seen_.pop_front();
    seen_.push_back({std::string{job_of(temporary)}, origin, bytes_per_second, now});
}

uint64_t SeenRates::elsewhere(std::string_view temporary, const std::string& origin, Time now) const {
    uint64_t best = 0;
    for (const auto& seen : seen_)
        if (seen.job == job_of(temporary) && seen.origin != origin && now - seen.when <= Lifetime)
            best = std::max(best, seen.rate);
    return best;
}

} // namespace haulier::transfer
