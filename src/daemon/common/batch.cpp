// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/common/batch.hpp"

#include <memory>
#include <utility>

namespace haulier::daemon {

namespace {

struct Batch : std::enable_shared_from_this<Batch> {
    size_t count = 0;
    size_t at_once = 0;
    std::function<void(size_t, Callback<Done>)> step;
    Callback<Done> done;
    size_t next = 0;
    size_t active = 0;
    Status worst = Done{};

    void go_on() {
        while (worst && next < count && active < at_once) {
            ++active;
            step(next++, [self = shared_from_this()](const Status& status) { self->finished(status); });
        }
        if (active == 0 && done) std::exchange(done, {})(worst);
    }

    void finished(const Status& status) {
        --active;
        if (worst && !status) worst = status;
        go_on();
    }
};

} // namespace

void run_batch(size_t count, std::function<void(size_t, Callback<Done>)> step, Callback<Done> done,
               size_t at_once) {
    auto batch = std::make_shared<Batch>();
    batch->count = count;
    batch->at_once = at_once;
    batch->step = std::move(step);
    batch->done = std::move(done);
    batch->go_on();
}

} // namespace haulier::daemon
