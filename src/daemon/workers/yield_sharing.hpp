// SPDX-License-Identifier: LGPL-2.1-or-later
// The background transfers of several users yield together (docs/yielding.md). Keeps what each worker has
// reported about the links that it uses, and computes what each has to know about the others.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

namespace haulier::daemon {

/// A network interface, in one direction.
struct YieldLink {
    std::string interface;
    bool sends = false;
    auto operator<=>(const YieldLink&) const = default;
};
/// Links on which a worker transfers bytes in the background, with their rates in bytes per second.
using LinkRates = std::map<YieldLink, uint64_t>;

/// The workers of all other users on a link.
struct LinkShare {
    uint32_t workers = 0;
    uint64_t rate = 0; ///< bytes per second of all of them
    bool operator==(const LinkShare&) const = default;
};
using LinkShares = std::map<YieldLink, LinkShare>;

class YieldSharing {
public:
    /// Replaces what the worker of this user has reported before; empty = it transfers nothing.
    void report(uint32_t user, LinkRates rates);
    /// For links that the worker uses and that others use as well.
    [[nodiscard]] LinkShares shares_of(uint32_t user) const;

private:
    std::map<uint32_t, LinkRates> users_;
};

} // namespace haulier::daemon
