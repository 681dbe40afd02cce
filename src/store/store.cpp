// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/store.hpp"

#include "store/rows.hpp"
#include "store/store_impl.hpp"

#include <utility>

namespace haulier::store {

namespace {

/// For example a report about a file, which may be followed by others about the same job.
bool is_small_step(const job::Decision& decision) {
    return !decision.settings_changed && decision.files.size() <= 1;
}

} // namespace

Status Store::Impl::join_group() {
    if (group) return Done{};
    jobs_at_start.reset();
    auto begun = Transaction::begin(db);
    if (!begun) return begun.error();
    group.emplace(std::move(*begun));
    return Done{};
}

Status Store::Impl::save_job(const job::Job& job) {
    BoundStatement use{statements.save_job};
    bind_job(use, job);
    if (auto ok = use.run(); !ok) return ok;
    if (auto ok = save_http(job); !ok) return ok;
    return save_credentials(job);
}

Status Store::Impl::save_progress(const job::Job& job) {
    BoundStatement use{statements.save_progress};
    bind_progress(use, job);
    return use.run();
}

Status Store::Impl::save_http(const job::Job& job) {
    if (all_default(http_columns(), job))
        return run_with_secrets(BoundStatement{statements.drop_http}.text(job.id.hex));
    BoundStatement use{statements.save_http};
    bind_http(use, job);
    return run_with_secrets(use);
}

Status Store::Impl::save_credentials(const job::Job& job) {
    const auto& all = job.http.credentials;
    for (size_t number = 0; number < all.size(); ++number) {
        BoundStatement use{statements.save_credentials};
        bind_credentials(use, job.id, number, all[number]);
        if (auto ok = run_with_secrets(use); !ok) return ok;
    }
    auto count = static_cast<int64_t>(all.size());
    return run_with_secrets(BoundStatement{statements.trim_credentials}.text(job.id.hex).integer(count));
}

/// The rest of the job goes with its row.
Status Store::Impl::remove(const job::Id& id) {
    postponed.erase(id);
    if (auto ok = run_with_secrets(BoundStatement{statements.drop_http}.text(id.hex)); !ok) return ok;
    auto all = run_with_secrets(BoundStatement{statements.trim_credentials}.text(id.hex).integer(0));
    return all ? BoundStatement{statements.remove_job}.text(id.hex).run() : all;
}

Status Store::Impl::run_with_secrets(BoundStatement& use) {
    auto ok = use.run();
    secrets_in_log = secrets_in_log || (ok && db.changed_rows() > 0);
    return ok;
}

Status Store::Impl::save_file(const job::Id& id, uint32_t number, const job::File& file) {
    BoundStatement use{statements.save_file};
    bind_file(use, id, number, file);
    if (auto ok = use.run(); !ok) return ok;
    if (all_default(detail_columns(), file))
        return BoundStatement{statements.drop_details}.text(id.hex).integer(number).run();
    BoundStatement details{statements.save_details};
    bind_details(details, id, number, file);
    return details.run();
}

Status Store::Impl::save_files(const job::Id& id, const std::map<uint32_t, job::File>& files) {
    for (const auto& [number, file] : files)
        if (auto ok = save_file(id, number, file); !ok) return ok;
    return Done{};
}

void Store::Impl::postpone(const job::Decision& decision) {
    auto& rows = postponed[decision.job.id];
    rows.job = decision.job;
    for (const auto& [number, file] : decision.files)
        rows.files.insert_or_assign(number, file);
}

Status Store::Impl::save_now(const job::Decision& decision) {
    const job::Job& job = decision.job;
    auto& rows = postponed[job.id];
    rows.job.reset();
    for (const auto& [number, file] : decision.files)
        rows.files.erase(number);
    auto saved = decision.settings_changed ? save_job(job) : save_progress(job);
    return saved ? save_files(job.id, decision.files) : saved;
}

Status Store::Impl::write_postponed() {
    for (const auto& [id, rows] : std::exchange(postponed, {})) {
        if (rows.job)
            if (auto ok = save_progress(*rows.job); !ok) return ok;
        if (auto ok = save_files(id, rows.files); !ok) return ok;
    }
    return Done{};
}

void Store::Impl::drop_group() {
    postponed.clear();
    group.reset();
}

Result<OutboxRow> Store::Impl::add_notification(const job::Job& job, const job::Notification& notification) {
    BoundStatement use{statements.add_notification};
    bind_notification(use, job.id, notification);
    if (auto ok = use.run(); !ok) return ok.error();
    return OutboxRow{db.last_row(), job.id, job.owner, notification};
}

Status Store::Impl::revoke(const job::Id& id, const job::Revocation& revoked) {
    if (revoked.end)
        if (auto ok = BoundStatement{statements.revoke_end}.text(id.hex).run(); !ok) return ok;
    if (revoked.all_files)
        if (auto ok = BoundStatement{statements.revoke_all_files}.text(id.hex).run(); !ok) return ok;
    if (revoked.questions)
        if (auto ok = BoundStatement{statements.revoke_questions}.text(id.hex).run(); !ok) return ok;
    if (revoked.all_files && revoked.questions) return Done{};
    for (auto file : revoked.files)
        if (auto ok = BoundStatement{statements.revoke_file}.text(id.hex).integer(file).run(); !ok) return ok;
    return Done{};
}

Result<std::vector<OutboxRow>> Store::Impl::save(const job::Decision& decision) {
    const job::Job& job = decision.job;
    // The first is written at once, so that a failure of the store shows at once.
    if (is_small_step(decision) && postponed.contains(job.id))
        postpone(decision);
    else if (auto saved = save_now(decision); !saved)
        return saved.error();
    if (auto ok = revoke(job.id, decision.revoked); !ok) return ok.error();
    std::vector<OutboxRow> rows;
    for (const auto& notification : decision.notifications) {
        auto row = add_notification(job, notification);
        if (!row) return row.error();
        rows.push_back(std::move(*row));
    }
    return rows;
}

// ---- the interface ----

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<std::vector<OutboxRow>> Store::save(const job::Decision& decision) {
    return impl_->in_group([&] { return impl_->save(decision); });
}

Status Store::remove(const job::Id& id) {
    return impl_->in_group([&] { return impl_->remove(id); });
}

Status Store::acknowledge(int64_t row) {
    return impl_->in_group([&] { return BoundStatement{impl_->statements.acknowledge}.integer(row).run(); });
}

Status Store::set_launches(const Launches& launches) {
    return impl_->in_group([&] {
        auto& s = impl_->statements;
        if (launches.count == 0)
            return BoundStatement{s.forget_launches}.integer(launches.owner).text(launches.service).run();
        return BoundStatement{s.save_launches}
            .integer(launches.owner)
            .text(launches.service)
            .integer(launches.count)
            .run();
    });
}

Status Store::set_rest(const Rest& rest) {
    return impl_->in_group([&] {
        BoundStatement use{impl_->statements.save_rest};
        bind_rest(use, rest);
        return use.run();
    });
}

Status Store::forget_rests(WallTime until) {
    return impl_->in_group([&] {
        return BoundStatement{impl_->statements.forget_rests}.integer(until.since_epoch.count()).run();
    });
}

Status Store::add_discard(const Discard& discard) {
    return impl_->in_group([&] {
        BoundStatement use{impl_->statements.add_discard};
        bind_discard(use, discard);
        return use.run();
    });
}

Status Store::forget_discard(const Discard& discard) {
    return impl_->in_group([&] {
        return BoundStatement{impl_->statements.forget_discard}
            .integer(discard.owner)
            .text(discard.directory)
            .text(discard.temporary)
            .run();
    });
}

Status Store::set_hold(const Hold& hold) {
    return impl_->in_group([&] {
        BoundStatement use{impl_->statements.save_hold};
        bind_scope(use, hold.scope);
        Cell<WallTime>::put(use, "until", hold.until);
        return use.run();
    });
}

Status Store::release_hold(job::Scope scope) {
    return impl_->in_group([&] {
        BoundStatement use{impl_->statements.release_hold};
        bind_scope(use, scope);
        return use.run();
    });
}

Status Store::end_hold(job::Scope scope, WallTime now) {
    return impl_->in_group([&] {
        BoundStatement use{impl_->statements.end_hold};
        bind_scope(use, scope);
        Cell<WallTime>::put(use, "now", now);
        return use.run();
    });
}

Status Store::set_user_limit(const UserLimit& limit) {
    return impl_->in_group([&] {
        if (limit.bandwidth == 0)
            return BoundStatement{impl_->statements.forget_user_limit}.integer(limit.owner).run();
        BoundStatement use{impl_->statements.save_user_limit};
        use.integer(limit.owner);
        Cell<uint64_t>::put(use, "bandwidth", limit.bandwidth);
        return use.run();
    });
}

Health Store::examine() {
    impl_->drop_group();
    return impl_->examine();
}

Status Store::commit() {
    if (!impl_->group) return Done{};
    auto ended = impl_->check_place();
    if (ended) ended = impl_->write_postponed();
    if (ended) ended = impl_->group->commit();
    impl_->drop_group();
    if (ended) impl_->wipe_log();
    return impl_->located(std::move(ended));
}

bool Store::in_transaction() const {
    return impl_->group.has_value();
}

} // namespace haulier::store
