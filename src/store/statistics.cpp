// SPDX-License-Identifier: LGPL-2.1-or-later
// What is counted for each owner.
#include "store/cells.hpp"
#include "store/store_impl.hpp"

#include <algorithm>

namespace haulier::store {

namespace {

/// More cannot be added up in a column.
constexpr uint64_t Most = uint64_t{1} << 61;

Result<Statistics> read_statistics(BoundStatement& use) {
    Row row{use};
    Statistics statistics;
    statistics.owner = row.u32();
    statistics.since = row.date();
    for (const auto& counter : job::AllCounters)
        statistics.counters.*counter.value =
            static_cast<uint64_t>(row.integer(0, std::numeric_limits<int64_t>::max()));
    return if_sound(row, statistics);
}

} // namespace

Result<std::vector<Statistics>> Store::Impl::load_statistics() {
    BoundStatement use{statements.load_statistics};
    return collect(use, read_statistics, Unsound::IsLeftOut);
}

Status Store::Impl::add_statistics(const Statistics& more) {
    BoundStatement use{statements.add_statistics};
    use.integer(more.owner);
    Cell<WallTime>::put(use, "since", more.since);
    for (const auto& counter : job::AllCounters)
        use.integer(static_cast<int64_t>(std::min(more.counters.*counter.value, Most)));
    return use.run();
}

Result<std::vector<Statistics>> Store::load_statistics() {
    return impl_->located(impl_->load_statistics());
}

Status Store::add_statistics(const Statistics& more) {
    return impl_->in_group([&] { return impl_->add_statistics(more); });
}

} // namespace haulier::store
