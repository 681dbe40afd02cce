// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager/usage_accounting.hpp"

#include <numeric>

namespace haulier::daemon {

namespace {

void add(job::Usage& sum, const job::Usage& more) {
    sum.jobs += more.jobs;
    sum.text += more.text;
}

void take(job::Usage& sum, const job::Usage& less) {
    sum.jobs -= less.jobs;
    sum.text -= less.text;
}

uint64_t text_for(const std::map<uint32_t, uint64_t>& texts, uint32_t owner) {
    auto found = texts.find(owner);
    return found == texts.end() ? 0 : found->second;
}

uint64_t sum_of(const std::map<uint32_t, uint64_t>& texts) {
    return std::accumulate(texts.begin(), texts.end(), uint64_t{0},
                           [](uint64_t sum, const auto& entry) { return sum + entry.second; });
}

} // namespace

void UsageAccounting::book(const Charge& before, const Charge& now) {
    add(owners_[now.owner], now.load);
    add(all_, now.load);
    take(owners_[before.owner], before.load);
    take(all_, before.load);
    for (auto owner : {before.owner, now.owner})
        if (auto found = owners_.find(owner); found != owners_.end() && found->second == job::Usage{})
            owners_.erase(found);
}

void UsageAccounting::reserve(uint32_t owner, uint64_t text) {
    if (text > 0) reserved_[owner] += text;
}

void UsageAccounting::release(uint32_t owner, uint64_t text) {
    if (text > 0 && (reserved_[owner] -= text) == 0) reserved_.erase(owner);
}

job::Usage UsageAccounting::of(uint32_t owner) const {
    auto found = owners_.find(owner);
    auto load = found == owners_.end() ? job::Usage{} : found->second;
    load.text += text_for(reserved_, owner);
    return load;
}

job::Usage UsageAccounting::all() const {
    auto load = all_;
    load.text += sum_of(reserved_);
    return load;
}

} // namespace haulier::daemon
