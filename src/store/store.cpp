// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/store.hpp"

#include "store/inside.hpp"
#include "store/rows.hpp"

#include <utility>

namespace haulier::store {

namespace {

/// All rows of `use`, each made a value by `read`.
template <class T, class Read>
Result<std::vector<T>> collect(Use& use, Read read) {
    std::vector<T> values;
    for (;;) {
        auto row = use.next();
        if (!row) return row.error();
        if (!*row) return values;
        Result<T> value = read(values.size());
        if (!value) return value.error();
        values.push_back(std::move(*value));
    }
}

/// Counted, so that they cannot contradict the rows.
void count_files(StoredJob& stored) {
    stored.job.files_total = static_cast<uint32_t>(stored.files.size());
    for (const auto& file : stored.files)
        stored.job.files_transferred += file.transferred;
}

} // namespace

// ---- reading ----

Result<std::vector<job::File>> Store::Inside::load_files(const job::Id& id) {
    Use use{statements.load_files};
    use.text(id.hex);
    return collect<job::File>(use, [&](size_t number) { return read_file(use, number); });
}

Result<std::vector<job::Credentials>> Store::Inside::load_credentials(const job::Id& id) {
    Use use{statements.load_credentials};
    use.text(id.hex);
    return collect<job::Credentials>(use, [&](size_t number) { return read_credentials(use, number); });
}

Result<std::vector<StoredJob>> Store::Inside::load_jobs() {
    Use use{statements.load_jobs};
    return collect<StoredJob>(use, [&](size_t) -> Result<StoredJob> {
        auto job = read_job(use);
        if (!job) return job.error();
        auto credentials = load_credentials(job->id);
        if (!credentials) return credentials.error();
        job->http.credentials = std::move(*credentials);
        auto files = load_files(job->id);
        if (!files) return files.error();
        StoredJob stored{std::move(*job), std::move(*files)};
        count_files(stored);
        return stored;
    });
}

Result<std::vector<OutboxRow>> Store::Inside::load_outbox() {
    Use use{statements.load_outbox};
    return collect<OutboxRow>(use, [&](size_t) { return read_outbox_row(use); });
}

Result<std::vector<Launches>> Store::Inside::load_launches() {
    Use use{statements.load_launches};
    return collect<Launches>(use, [&](size_t) { return read_launches(use); });
}

// ---- writing ----

Status Store::Inside::join_group() {
    if (group) return Done{};
    auto begun = Transaction::begin(db);
    if (!begun) return begun.error();
    group.emplace(std::move(*begun));
    return Done{};
}

Status Store::Inside::save_job(const job::Job& job) {
    Use use{statements.save_job};
    bind_job(use, job);
    if (auto ok = use.run(); !ok) return ok;
    if (auto ok = save_http(job); !ok) return ok;
    return save_credentials(job);
}

Status Store::Inside::save_http(const job::Job& job) {
    if (!has_http(job.http)) return run_with_secrets(Use{statements.drop_http}.text(job.id.hex));
    Use use{statements.save_http};
    bind_http(use, job.id, job.http);
    return run_with_secrets(use);
}

Status Store::Inside::save_credentials(const job::Job& job) {
    const auto& all = job.http.credentials;
    for (size_t number = 0; number < all.size(); ++number) {
        Use use{statements.save_credentials};
        bind_credentials(use, job.id, number, all[number]);
        if (auto ok = run_with_secrets(use); !ok) return ok;
    }
    auto count = static_cast<int64_t>(all.size());
    return run_with_secrets(Use{statements.trim_credentials}.text(job.id.hex).integer(count));
}

/// The rest of the job goes with its row.
Status Store::Inside::remove(const job::Id& id) {
    if (auto ok = run_with_secrets(Use{statements.drop_http}.text(id.hex)); !ok) return ok;
    auto all = run_with_secrets(Use{statements.trim_credentials}.text(id.hex).integer(0));
    return all ? Use{statements.remove_job}.text(id.hex).run() : all;
}

Status Store::Inside::run_with_secrets(Use& use) {
    auto ok = use.run();
    secrets_in_log = secrets_in_log || (ok && db.changed_rows());
    return ok;
}

Status Store::Inside::save_file(const job::Id& id, uint32_t number, const job::File& file) {
    Use use{statements.save_file};
    bind_file(use, id, number, file);
    if (auto ok = use.run(); !ok) return ok;
    if (!has_details(file)) return Use{statements.drop_details}.text(id.hex).integer(number).run();
    Use details{statements.save_details};
    bind_details(details, id, number, file);
    return details.run();
}

Status Store::Inside::save_files(const job::Id& id, const std::map<uint32_t, job::File>& files) {
    for (const auto& [number, file] : files)
        if (auto ok = save_file(id, number, file); !ok) return ok;
    return Done{};
}

Result<OutboxRow> Store::Inside::add_notice(const job::Job& job, const job::Notice& notice) {
    Use use{statements.add_notice};
    bind_notice(use, job.id, notice);
    if (auto ok = use.run(); !ok) return ok.error();
    return OutboxRow{db.last_row(), job.id, job.owner, notice};
}

Result<std::vector<OutboxRow>> Store::Inside::save(const job::Decision& decision) {
    const job::Job& job = decision.job;
    if (auto ok = save_job(job); !ok) return ok.error();
    if (auto ok = save_files(job.id, decision.files); !ok) return ok.error();
    if (decision.void_notices)
        if (auto ok = Use{statements.void_notices}.text(job.id.hex).run(); !ok) return ok.error();
    std::vector<OutboxRow> rows;
    for (const auto& notice : decision.notices) {
        auto row = add_notice(job, notice);
        if (!row) return row.error();
        rows.push_back(std::move(*row));
    }
    return rows;
}

// ---- the interface ----

Store::Store(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<std::vector<StoredJob>> Store::load_jobs() {
    return inside_->located(inside_->load_jobs());
}
Result<std::vector<OutboxRow>> Store::load_outbox() {
    return inside_->located(inside_->load_outbox());
}
Result<std::vector<Launches>> Store::load_launches() {
    return inside_->located(inside_->load_launches());
}

Result<std::vector<OutboxRow>> Store::save(const job::Decision& decision) {
    return inside_->in_group([&] { return inside_->save(decision); });
}

Status Store::remove(const job::Id& id) {
    return inside_->in_group([&] { return inside_->remove(id); });
}

Status Store::acknowledge(int64_t row) {
    return inside_->in_group([&] { return Use{inside_->statements.acknowledge}.integer(row).run(); });
}

Status Store::set_launches(const Launches& launches) {
    return inside_->in_group([&] {
        auto& s = inside_->statements;
        if (launches.count == 0)
            return Use{s.forget_launches}.integer(launches.owner).text(launches.service).run();
        return Use{s.save_launches}
            .integer(launches.owner)
            .text(launches.service)
            .integer(launches.count)
            .run();
    });
}

Status Store::commit() {
    if (!inside_->group) return Done{};
    auto ended = inside_->group->commit();
    inside_->group.reset();
    if (ended) inside_->wipe_log();
    return inside_->located(std::move(ended));
}

bool Store::in_transaction() const {
    return inside_->group.has_value();
}

} // namespace haulier::store
