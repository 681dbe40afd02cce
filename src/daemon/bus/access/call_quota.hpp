// SPDX-License-Identifier: LGPL-2.1-or-later
// What each user has under way: calls that wait for their turn, and those that were dispatched and are not
// answered yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

namespace haulier::bus {

/// A call counts as long as somebody holds its place.
using QuotaTicket = std::shared_ptr<const void>;

class CallQuota {
public:
    struct Load {
        size_t calls = 0;
        uint64_t weight = 0; ///< see weight.hpp
        bool operator==(const Load&) const = default;
    };

    [[nodiscard]] QuotaTicket enter(uint32_t user, uint64_t weight) {
        auto& load = (*loads_)[user];
        ++load.calls;
        load.weight += weight;
        // The last call may be answered when we are gone.
        return {this, [loads = loads_, user, weight](const void*) { leave(*loads, user, weight); }};
    }
    [[nodiscard]] Load of(uint32_t user) const {
        auto found = loads_->find(user);
        return found == loads_->end() ? Load{} : found->second;
    }

private:
    using Loads = std::map<uint32_t, Load>;

    static void leave(Loads& loads, uint32_t user, uint64_t weight) {
        auto load = loads.find(user);
        load->second.weight -= weight;
        if (--load->second.calls == 0) loads.erase(load);
    }

    std::shared_ptr<Loads> loads_ = std::make_shared<Loads>(); ///< of those who have any
};

} // namespace haulier::bus
