// SPDX-License-Identifier: LGPL-2.1-or-later
// One timer of a job. It is set after every decision, so setting it to the same time costs nothing.
#pragma once

#include "base/event.hpp"

#include <functional>
#include <optional>

namespace haulier::daemon {

class Alarm {
public:
    /// Calls `ring` once, at `when`; nothing = never.
    template <class Ring>
    void set(Loop& loop, std::optional<BootTime> when, Ring ring) {
        if (when == when_) return;
        when_ = when;
        source_.reset();
        if (!when) return;
        source_ = loop.at(*when, [this, ring = std::move(ring)] {
            stop();
            ring();
        });
    }
    [[nodiscard]] bool is_set() const { return when_.has_value(); }
    void stop() {
        when_.reset();
        source_.reset();
    }

private:
    std::optional<BootTime> when_;
    Source source_;
};

} // namespace haulier::daemon
