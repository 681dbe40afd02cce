// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/accounts.hpp"

#include <numeric>

namespace haulier::daemon {

namespace {

void add(job::Load& sum, const job::Load& more) {
    sum.jobs += more.jobs;
    sum.text += more.text;
}

void take(job::Load& sum, const job::Load& less) {
    sum.jobs -= less.jobs;
    sum.text -= less.text;
}

} // namespace

void Accounts::book(const Booking& before, const Booking& now) {
    add(owners_[now.owner], now.load);
    add(all_, now.load);
    take(owners_[before.owner], before.load);
    take(all_, before.load);
    std::erase_if(owners_, [](const auto& owner) { return owner.second == job::Load{}; });
}

void Accounts::reserve(uint32_t owner, uint64_t text) {
    if (text > 0) reserved_[owner] += text;
}

void Accounts::clear_reserved() {
    reserved_.clear();
}

job::Load Accounts::of(uint32_t owner) const {
    auto found = owners_.find(owner);
    auto load = found == owners_.end() ? job::Load{} : found->second;
    auto reserved = reserved_.find(owner);
    if (reserved != reserved_.end()) load.text += reserved->second;
    return load;
}

job::Load Accounts::all() const {
    auto load = all_;
    load.text += std::accumulate(reserved_.begin(), reserved_.end(), uint64_t{0},
                                 [](uint64_t sum, const auto& entry) { return sum + entry.second; });
    return load;
}

} // namespace haulier::daemon
