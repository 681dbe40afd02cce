// SPDX-License-Identifier: LGPL-2.1-or-later
// How fast servers have been for a job. A server that is far slower than another one was for the same job
// gives way to the file's next source.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace haulier::transfer {

class SeenRates {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// `temporary` is the name of a part file, which contains the job.
    void add(std::string_view temporary, const std::string& origin, uint64_t bytes_per_second, Time now);
    /// The best recent rate of other servers for the job, in bytes per second; 0 = none.
    [[nodiscard]] uint64_t elsewhere(std::string_view temporary, const std::string& origin, Time now) const;

private:
    struct Seen {
        std::string job;
        std::string origin;
        uint64_t rate;
        Time when;
    };
    std::deque<Seen> seen_; ///< the newest last
};

} // namespace haulier::transfer
