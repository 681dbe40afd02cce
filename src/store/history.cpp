// SPDX-License-Identifier: LGPL-2.1-or-later
// What is remembered of ended jobs.
#include "store/rows.hpp"
#include "store/store_impl.hpp"

#include <utility>

namespace haulier::store {

namespace {

void bind_ended(BoundStatement& use, const job::EndedJob& job) {
    use.text(job.id.hex).text(to_string(job.type)).integer(job.owner).text(job.display_name);
    use.text(to_string(job.outcome));
    Cell<WallTime>::put(use, "created", job.created);
    Cell<WallTime>::put(use, "ended", job.ended);
    Cell<Usec>::put(use, "active_for", job.active_for);
    Cell<uint64_t>::put(use, "bytes", job.bytes);
    use.integer(job.files_total).integer(job.files_transferred);
    if (job.cause)
        use.text(to_string(*job.cause));
    else
        use.null();
    use.integer(job.code).text(job.target).text(job.app_id);
    Cell<job::AppIdSource>::put(use, "app_id_source", job.app_id_source);
    Cell<std::optional<job::Visibility>>::put(use, "visibility", job.visibility);
}

Result<job::EndedJob> read_ended(BoundStatement& use) {
    Row row{use};
    job::EndedJob job;
    job.id = row.id();
    job.type = Cell<job::Type>::take(row);
    job.owner = row.u32();
    job.display_name = row.text();
    job.outcome = Cell<job::Outcome>::take(row);
    job.created = row.date();
    job.ended = row.date();
    job.active_for = row.span();
    job.bytes = row.bits();
    job.files_total = row.u32();
    job.files_transferred = row.u32();
    job.cause = row.optional([&] { return row.parsed(job::parse_cause); });
    job.code = row.i32();
    job.target = row.text();
    job.app_id = row.text();
    job.app_id_source = Cell<job::AppIdSource>::take(row);
    job.visibility = Cell<std::optional<job::Visibility>>::take(row);
    return if_sound(row, std::move(job));
}

/// Of statements that begin with the parameters of EndedFilterText.
void bind_filter(BoundStatement& use, const EndedFilter& filter) {
    std::string words;
    for (auto outcome : filter.outcomes)
        words += std::string{to_string(outcome)} + " ";
    Cell<WallTime>::put(use, "since", filter.since);
    use.text(words);
    use.text(job::to_string(filter.usual_visibility));
    use.text(filter.hidden ? std::string_view{} : job::to_string(job::Visibility::Hidden));
    use.text(filter.app);
}

} // namespace

Result<std::vector<job::EndedJob>> Store::Impl::list_ended(const EndedFilter& filter) {
    BoundStatement use{filter.owner ? statements.list_ended_of : statements.list_ended};
    bind_filter(use, filter);
    use.integer(filter.limit).integer(filter.offset);
    if (filter.owner) use.integer(*filter.owner);
    return collect(use, read_ended, Unsound::IsLeftOut);
}

Result<std::optional<WallTime>> Store::Impl::oldest_ended() {
    BoundStatement use{statements.oldest_ended};
    auto row = use.next();
    if (!row) return row.error();
    if (!*row) return std::optional<WallTime>{};
    return std::optional{Row{use}.date()};
}

Status Store::Impl::add_ended(const job::EndedJob& job, uint32_t most) {
    BoundStatement use{statements.add_ended};
    bind_ended(use, job);
    if (auto ok = use.run(); !ok) return ok;
    return BoundStatement{statements.trim_ended}.integer(job.owner).integer(most).run();
}

Result<uint32_t> Store::Impl::forget_ended(const EndedFilter& filter) {
    BoundStatement use{filter.owner ? statements.forget_ended_of : statements.forget_ended};
    bind_filter(use, filter);
    if (filter.owner) use.integer(*filter.owner);
    if (auto ok = run_with_secrets(use); !ok) return ok.error();
    return static_cast<uint32_t>(db.changed_rows());
}

Result<std::vector<job::EndedJob>> Store::list_ended(const EndedFilter& filter) {
    return impl_->located(impl_->list_ended(filter));
}

Result<std::optional<WallTime>> Store::oldest_ended() {
    return impl_->located(impl_->oldest_ended());
}

Status Store::add_ended(const job::EndedJob& job, uint32_t most) {
    return impl_->in_group([&] { return impl_->add_ended(job, most); });
}

Status Store::expire_ended(WallTime date) {
    return impl_->in_group([&] {
        return BoundStatement{impl_->statements.expire_ended}.integer(date.since_epoch.count()).run();
    });
}

Result<uint32_t> Store::forget_ended(const EndedFilter& filter) {
    return impl_->in_group([&] { return impl_->forget_ended(filter); });
}

} // namespace haulier::store
