// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls that each user has in progress: those that wait to be dispatched, and those that wait for their
// reply.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

namespace haulier::bus {

/// A call counts as long as a copy of its ticket exists.
using QuotaTicket = std::shared_ptr<const void>;

class CallQuota {
public:
    struct Usage {
        size_t calls = 0;
        uint64_t bytes = 0; ///< see message_size.hpp
        bool operator==(const Usage&) const = default;
    };

    [[nodiscard]] QuotaTicket enter(uint32_t user, uint64_t bytes) {
        auto& usage = (*usage_)[user];
        ++usage.calls;
        usage.bytes += bytes;
        // A ticket may outlive this object.
        return {this, [all = usage_, user, bytes](const void*) { leave(*all, user, bytes); }};
    }
    [[nodiscard]] Usage of(uint32_t user) const {
        auto found = usage_->find(user);
        return found == usage_->end() ? Usage{} : found->second;
    }

private:
    using UsageByUser = std::map<uint32_t, Usage>;

    static void leave(UsageByUser& all, uint32_t user, uint64_t bytes) {
        auto usage = all.find(user);
        usage->second.bytes -= bytes;
        if (--usage->second.calls == 0) all.erase(usage);
    }

    std::shared_ptr<UsageByUser> usage_ = std::make_shared<UsageByUser>(); ///< of users with calls
};

} // namespace haulier::bus
