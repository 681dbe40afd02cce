// SPDX-License-Identifier: LGPL-2.1-or-later
// A job, how its requests are made, and its credentials.
#include "store/rows.hpp"

#include <cctype>
#include <fmt/core.h>

namespace haulier::store {

namespace {

/// Two columns: the word of the bus, and what it does not tell of a job that is transferred.
struct StateCell {
    static void put(BoundStatement& use, std::string_view column, job::State state) {
        Cell<job::State>::put(use, column, state);
        use.integer(state == job::State::Publishing);
    }
    static job::State take(Row& row) {
        auto state = Cell<job::State>::take(row);
        bool completing = row.truth();
        return completing && state == job::State::Transferred ? job::State::Publishing : state;
    }
};

/// The word of the bus for a job that waits does not tell for what; the cause of its error does.
bool is_blocked(const job::Job& job) {
    if (job.state != job::State::TransientError || !job.error) return false;
    auto cause = job.error->cause;
    return cause == job::Cause::NetworkLost || cause == job::Cause::BlockedByCost ||
           cause == job::Cause::BlockedByPower;
}

/// "MaximumDownloadSize" is kept in maximum_download_size.
std::string snake_case(std::string_view name) {
    std::string column;
    for (char c : name) {
        bool upper = std::isupper(static_cast<unsigned char>(c)) != 0;
        if (upper && !column.empty()) column += '_';
        column += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return column;
}

template <auto... Path>
Column<job::Job> column_of(const job::Setting<Path...>& setting) {
    return column<job::Job, Path...>(setting.columns.empty() ? snake_case(setting.name)
                                                             : std::string{setting.columns});
}

/// The settings that are kept in `table`. Credentials are the one list of rows of their own.
Columns<job::Job> setting_columns(job::Table table) {
    Columns<job::Job> columns;
    job::for_each_setting([&]<auto... Path>(const job::Setting<Path...>& setting) {
        using Value = typename job::Setting<Path...>::Value;
        if constexpr (!std::is_same_v<Value, std::vector<job::Credentials>>)
            if (setting.table == table) columns.push_back(column_of(setting));
    });
    return columns;
}

Columns<job::Job> all_progress_columns() {
    using job::Job;
    return {
        column_as<StateCell, Job, &Job::state>("state, completing"),
        column<Job, &Job::modified>("modified"),
        column<Job, &Job::transferred_at>("transferred_at"),
        column_as<ErrorCell, Job, &Job::error>("error_cause, error_code, error_sentence, error_file"),
        column<Job, &Job::error_count>("error_count"),
        column<Job, &Job::failures>("failures"),
        column<Job, &Job::wait>("wait"),
        column<Job, &Job::retry_wait>("retry_wait"),
        column<Job, &Job::retry_date>("retry_date"),
        column<Job, &Job::stalled_for>("stalled_for"),
        column<Job, &Job::ranges_wanted>("ranges_wanted"),
        column<Job, &Job::active_for>("active_for"),
        column<Job, &Job::resumed>("resumed"),
        column<Job, &Job::expired>("expired"),
        column_as<SizeCell, Job, &Job::reply_total>("reply_total"),
        column<Job, &Job::reply_transferred>("reply_transferred"),
    };
}

Columns<job::Job> all_job_columns() {
    using job::Job;
    Columns<Job> columns{
        column<Job, &Job::type>("type"),     column<Job, &Job::owner>("owner"),
        column<Job, &Job::key>("key"),       column<Job, &Job::created>("created"),
        column<Job, &Job::app_id>("app_id"), column<Job, &Job::app_id_source>("app_id_source"),
        column<Job, &Job::grants>("grants"),
    };
    for (const auto& more : {progress_columns(), setting_columns(job::Table::Jobs)})
        columns.insert(columns.end(), more.begin(), more.end());
    return columns;
}

} // namespace

const Columns<job::Job>& progress_columns() {
    static const auto all = all_progress_columns();
    return all;
}

const Columns<job::Job>& job_columns() {
    static const auto all = all_job_columns();
    return all;
}

const Columns<job::Job>& http_columns() {
    static const auto all = setting_columns(job::Table::Http);
    return all;
}

const Columns<job::Credentials>& credentials_columns() {
    using job::Credentials;
    static const Columns<Credentials> all{
        column<Credentials, &Credentials::target>("target"),
        column<Credentials, &Credentials::scheme>("scheme"),
        column<Credentials, &Credentials::user>("user"),
        column<Credentials, &Credentials::password>("password"),
        column<Credentials, &Credentials::only_for>("only_for"),
    };
    return all;
}

void bind_job(BoundStatement& use, const job::Job& job) {
    if (job::parse_id(job.id.hex))
        use.text(job.id.hex);
    else
        use.refuse(fmt::format("job id '{}' is not 32 lower-case hex digits", job.id.hex));
    put_all(use, job_columns(), job);
}

void bind_progress(BoundStatement& use, const job::Job& job) {
    use.text(job.id.hex);
    put_all(use, progress_columns(), job);
}

/// The second id is NULL where a job has no row in `http`.
Status read_job(BoundStatement& use, job::Job& job) {
    Row row{use};
    job.id = row.id();
    take_all(row, job_columns(), job);
    if (is_blocked(job)) job.state = job::State::Blocked;
    if (row.optional([&] { return row.id(); })) take_all(row, http_columns(), job);
    return row.sound();
}

void bind_http(BoundStatement& use, const job::Job& job) {
    use.text(job.id.hex);
    put_all(use, http_columns(), job);
}

void bind_credentials(BoundStatement& use, const job::Id& job, size_t number,
                      const job::Credentials& credentials) {
    use.text(job.hex).integer(static_cast<int64_t>(number));
    put_all(use, credentials_columns(), credentials);
}

Status read_credentials(BoundStatement& use, size_t number, job::Credentials& credentials) {
    Row row{use};
    row.skip();
    row.number(number);
    take_all(row, credentials_columns(), credentials);
    return row.sound();
}

} // namespace haulier::store
