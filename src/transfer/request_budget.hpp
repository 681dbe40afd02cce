// SPDX-License-Identifier: LGPL-2.1-or-later
// Bounds the requests for one file. A server that answers each one with next to nothing would otherwise be
// asked without a pause.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace haulier::transfer {

class RequestBudget {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// A file in `segments` needs as many requests.
    explicit RequestBudget(uint64_t segments) : left_(Spare + segments) {}

    /// For a request after which `received` bytes more of the file arrived. False if there were too many.
    [[nodiscard]] bool take(uint64_t received, Time now) {
        if (received >= WorthARequest) return true;
        auto earned =
            static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now - since_).count());
        if (earned > 0 && since_ != Time{}) left_ = std::max(left_, std::min(Spare, left_ + earned));
        if (earned > 0) since_ = now;
        if (left_ == 0) return false;
        --left_;
        return true;
    }

private:
    static constexpr uint64_t Spare = 32;
    static constexpr uint64_t WorthARequest = 64 * 1024;

    uint64_t left_;
    Time since_{};
};

} // namespace haulier::transfer
