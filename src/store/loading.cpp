// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything is read at the start, and then kept by the daemon.
#include "store/rows.hpp"
#include "store/store_impl.hpp"

#include <utility>

namespace haulier::store {

namespace {

template <class T>
Result<std::vector<T>> all_rows(Statement& statement, Result<T> (*read)(BoundStatement&)) {
    BoundStatement use{statement};
    return collect(use, read, Unsound::IsAnError);
}

Status take_credentials(BoundStatement& use, StoredJob& stored) {
    auto& all = stored.job.http.credentials;
    auto number = all.size();
    return read_credentials(use, number, all.emplace_back());
}

Status take_file(BoundStatement& use, StoredJob& stored) {
    auto number = stored.files.size();
    return read_file(use, number, stored.files.emplace_back());
}

/// Counted rather than stored, so that they cannot contradict the rows.
void count_files(StoredJob& stored) {
    stored.job.files_total = static_cast<uint32_t>(stored.files.size());
    for (const auto& file : stored.files) {
        stored.job.files_transferred += file.transferred;
        stored.job.files_failed += file.failed;
        stored.job.files_removed += file.removed;
    }
}

} // namespace

Status Store::Impl::load_bare_jobs(StoredJobs& jobs) {
    BoundStatement use{statements.load_jobs};
    return use.each([&] { return read_job(use, jobs.emplace_back().job); });
}

template <class Take>
Status Store::Impl::load_parts(Statement& statement, StoredJobs& jobs, Take take) {
    BoundStatement use{statement};
    auto at = jobs.begin();
    return use.each([&]() -> Status {
        auto id = use.text_at(0).value_or("");
        while (at != jobs.end() && at->job.id.hex.compare(id) < 0)
            ++at;
        if (at == jobs.end() || at->job.id.hex != id) return Error{Errc::Store, "database: a row has no job"};
        return take(use, *at);
    });
}

/// Rows are large, so nothing is moved once it is read.
Result<StoredJobs> Store::Impl::load_jobs() {
    StoredJobs jobs;
    if (auto bare = load_bare_jobs(jobs); !bare) return bare.error();
    auto credentials = load_parts(statements.load_credentials, jobs, take_credentials);
    if (!credentials) return credentials.error();
    if (auto files = load_parts(statements.load_files, jobs, take_file); !files) return files.error();
    for (auto& stored : jobs)
        count_files(stored);
    jobs.sort([](const StoredJob& a, const StoredJob& b) { return job::is_older(a.job, b.job); });
    return jobs;
}

Result<std::vector<OutboxRow>> Store::Impl::load_outbox() {
    return all_rows(statements.load_outbox, read_outbox_row);
}

Result<std::vector<Launches>> Store::Impl::load_launches() {
    return all_rows(statements.load_launches, read_launches);
}

Result<std::vector<Rest>> Store::Impl::load_rests() {
    return all_rows(statements.load_rests, read_rest);
}

Result<std::vector<Discard>> Store::Impl::load_discards() {
    return all_rows(statements.load_discards, read_discard);
}

Result<std::vector<Hold>> Store::Impl::load_holds() {
    return all_rows(statements.load_holds, read_hold);
}

Result<std::vector<UserLimit>> Store::Impl::load_user_limits() {
    return all_rows(statements.load_user_limits, read_user_limit);
}

Result<StoredJobs> Store::load_jobs() {
    if (auto jobs = std::exchange(impl_->jobs_at_start, std::nullopt)) return std::move(*jobs);
    return impl_->located(impl_->load_jobs());
}

Result<std::vector<OutboxRow>> Store::load_outbox() {
    return impl_->located(impl_->load_outbox());
}

Result<std::vector<Launches>> Store::load_launches() {
    return impl_->located(impl_->load_launches());
}

Result<std::vector<Rest>> Store::load_rests() {
    return impl_->located(impl_->load_rests());
}

Result<std::vector<Discard>> Store::load_discards() {
    return impl_->located(impl_->load_discards());
}

Result<std::vector<Hold>> Store::load_holds() {
    return impl_->located(impl_->load_holds());
}

Result<std::vector<UserLimit>> Store::load_user_limits() {
    return impl_->located(impl_->load_user_limits());
}

} // namespace haulier::store
