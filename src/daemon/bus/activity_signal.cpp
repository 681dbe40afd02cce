// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/bus/activity_signal.hpp"

#include <utility>

namespace haulier::bus {

void ActivitySignal::note(uint32_t owner) {
    changed_.insert(owner);
    if (!pause_) pause_ = loop_.defer([this] { tell(); });
}

/// The pause follows only if there was something to tell, so that nothing wakes up without a change.
void ActivitySignal::tell() {
    pause_.reset();
    for (auto owner : std::exchange(changed_, {})) {
        auto now = read_(owner);
        auto& told = told_[owner];
        if (now != told) {
            send_(owner, now);
            told = now;
            if (!pause_)
                pause_ = loop_.after(Interval, [this] {
                    pause_.reset();
                    if (!changed_.empty()) tell();
                });
        }
        if (now == daemon::Activity{}) told_.erase(owner);
    }
}

} // namespace haulier::bus
