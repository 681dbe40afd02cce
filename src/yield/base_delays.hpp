// SPDX-License-Identifier: LGPL-2.1-or-later
// The round trip to each peer without a queue: the shortest that any connection has measured recently. A
// connection that begins while there is a queue uses what earlier connections have measured.
#pragma once

#include "yield/recent.hpp"
#include "yield/samples.hpp"

#include <map>
#include <string>

namespace haulier::yield {

class BaseDelays {
public:
    void note(const std::string& remote, Seconds round_trip, BootTime now);
    /// Returns nothing if the peer was not measured recently.
    [[nodiscard]] std::optional<Seconds> of(const std::string& remote) const;
    /// Begins anew, because all paths may have changed.
    void forget() { peers_.clear(); }
    /// Reports that the queue was drained while the peer was measured, so its value can be trusted.
    void drained(const std::string& remote);
    [[nodiscard]] bool is_proved(const std::string& remote) const;

private:
    struct Peer {
        RecentMinimum<Seconds> least;
        BootTime seen;
        bool is_proved = false;
    };
    void forget_oldest();
    std::map<std::string, Peer> peers_;
};

} // namespace haulier::yield
