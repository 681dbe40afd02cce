// SPDX-License-Identifier: LGPL-2.1-or-later
// The jobs of the user of apt's methods that fetch the packages of upgrades in the background.
#pragma once

#include "apt/package.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace haulier::apt {

/// A file of such a job.
struct PrefetchedFile {
    std::string job;
    uint32_t index = 0;
    std::string checksum;
    std::string temporary;     ///< path of what has arrived so far
    std::string last_modified; ///< as the server has written it, which may be ""
};

class Prefetch {
public:
    virtual ~Prefetch() = default;
    /// Pauses the job that fetches this package, so that it is not fetched twice. Nothing if there is none.
    virtual std::optional<PrefetchedFile> pause(const Package& package) = 0;
    /// apt has this file now.
    virtual void has_arrived(const PrefetchedFile& file) = 0;
    /// Removes what apt has from the jobs, and lets them go on with the rest.
    virtual void end() = 0;
};

} // namespace haulier::apt
