// SPDX-License-Identifier: LGPL-2.1-or-later
// Counts the requests of clients that are not answered yet because a worker is busy with them.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <utility>

namespace haulier::daemon {

class PendingRequests {
public:
    explicit PendingRequests(std::function<void()> on_activity) : on_activity_(std::move(on_activity)) {}

    /// A reply that has to be called, which ends the request.
    template <class T>
    Callback<T> track(Callback<T> reply) {
        ++count_;
        return [this, reply = std::move(reply)](const Result<T>& result) {
            --count_;
            on_activity_();
            reply(result);
        };
    }
    [[nodiscard]] uint32_t count() const { return count_; }

private:
    std::function<void()> on_activity_;
    uint32_t count_ = 0;
};

} // namespace haulier::daemon
