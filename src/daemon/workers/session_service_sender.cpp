// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/workers/session_service_sender.hpp"

#include "daemon/workers/worker_pool.hpp"

#include <chrono>
#include <utility>

namespace haulier::daemon {

SessionServiceSender::SessionServiceSender(Loop& loop, WorkerPool& workers, const Config& config)
    : workers_(workers), config_(config), finished_(std::make_shared<DeferredCalls>(loop)) {}

void SessionServiceSender::send(const notify::Delivery& delivery,
                                std::function<void(const notify::DeliveryResult&)> done) {
    auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(config_.call_timeout);
    // The workers outlive this object and may still answer.
    std::weak_ptr<DeferredCalls> weak = finished_;
    workers_.call(delivery, timeout, [weak, done = std::move(done)](const CallResult& result) {
        auto finished = weak.lock();
        if (finished) finished->add([done, result] { done({result.outcome, {}, result.answer}); });
    });
}

} // namespace haulier::daemon
