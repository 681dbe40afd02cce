// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls services on the session buses of job owners. The owner's worker makes the call: a user's bus accepts
// that user's processes only.
#pragma once

#include "base/deferred_calls.hpp"
#include "daemon/common/config.hpp"
#include "notify/sender.hpp"

#include <functional>
#include <memory>

namespace haulier::daemon {

class WorkerPool;

class SessionServiceSender final : public notify::Sender {
public:
    SessionServiceSender(Loop& loop, WorkerPool& workers, const Config& config);

    /// The result names no sender: the service's connection is not on our bus and cannot become the callback
    /// object.
    void send(const notify::Delivery& delivery,
              std::function<void(const notify::DeliveryResult&)> done) override;

private:
    WorkerPool& workers_;
    const Config& config_;
    std::shared_ptr<DeferredCalls> finished_;
};

} // namespace haulier::daemon
