// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/statements.hpp"

#include "store/rows.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <vector>

namespace haulier::store {

namespace {

size_t length(std::string_view list) {
    return static_cast<size_t>(std::count(list.begin(), list.end(), ',')) + 1;
}

/// "?FIRST, ..., ?LAST"
std::string parameters(size_t first, size_t last) {
    auto text = fmt::format("?{}", first);
    for (size_t i = first + 1; i <= last; ++i)
        text += fmt::format(", ?{}", i);
    return text;
}

/// A new row, or another content for the one with these keys. Not INSERT OR REPLACE: that deletes the old row
/// first, and with it the job's files and notifications.
std::string upsert(std::string_view table, std::string_view keys, std::string_view columns) {
    auto last = length(keys) + length(columns);
    return fmt::format(
        "INSERT INTO {0} ({1}, {2}) VALUES ({3}) ON CONFLICT ({1}) DO UPDATE SET ({2}) = ({4})", table, keys,
        columns, parameters(1, last), parameters(length(keys) + 1, last));
}

/// Other values for some columns of the row with these keys.
std::string update(std::string_view table, std::string_view key, std::string_view columns) {
    return fmt::format("UPDATE {} SET ({}) = ({}) WHERE {} = ?1", table, columns,
                       parameters(2, length(columns) + 1), key);
}

/// For what seldom changes: the same content is not written again.
std::string upsert_if_other(std::string_view table, std::string_view keys, std::string_view columns) {
    auto last = length(keys) + length(columns);
    return fmt::format("{} WHERE ({}) IS NOT ({})", upsert(table, keys, columns), columns,
                       parameters(length(keys) + 1, last));
}

struct Text {
    Statement Statements::*statement;
    std::string sql;
};

/// Of rows of ended_jobs, with ?1 to ?5 from bind_filter() in history.cpp.
constexpr std::string_view EndedFilterText =
    "ended >= ?1 AND (?2 = '' OR instr(?2, result) > 0) AND coalesce(visibility, ?3) <> ?4 AND "
    "(?5 = '' OR (app_id = ?5 AND app_id_source = 'sandbox'))";
constexpr std::string_view EndedColumns =
    "id, type, owner, display_name, result, created, ended, active_for, bytes, "
    "files_total, files_transferred, cause, code, target, app_id, app_id_source, visibility";

std::string counter_columns() {
    std::string names;
    for (const auto& counter : job::AllCounters)
        names += fmt::format(", {}", counter.column);
    return names;
}

/// No sum leaves the range of the column's type: that would fail the commit of jobs.
std::string add_counters() {
    std::string sums;
    for (const auto& counter : job::AllCounters)
        sums += fmt::format("{0}{1} = min({1}, {2}) + min(excluded.{1}, {2})", sums.empty() ? "" : ", ",
                            counter.column, int64_t{1} << 61);
    return fmt::format(
        "INSERT INTO statistics (owner, since{}) VALUES ({}) ON CONFLICT (owner) DO UPDATE SET {}",
        counter_columns(), parameters(1, job::AllCounters.size() + 2), sums);
}

std::string ended_of(std::string_view verb, std::string_view owner, std::string_view rest = {}) {
    return fmt::format("{} FROM ended_jobs WHERE {}{}{}", verb, owner, EndedFilterText, rest);
}

std::vector<Text> writing() {
    return {
        {&Statements::save_job, upsert("jobs", "id", names_of(job_columns()))},
        {&Statements::save_progress, update("jobs", "id", names_of(progress_columns()))},
        {&Statements::save_http, upsert_if_other("http", "job", names_of(http_columns()))},
        {&Statements::drop_http, "DELETE FROM http WHERE job = ?1"},
        {&Statements::save_credentials,
         upsert_if_other("credentials", "job, number", names_of(credentials_columns()))},
        {&Statements::trim_credentials, "DELETE FROM credentials WHERE job = ?1 AND number >= ?2"},
        {&Statements::save_file, upsert("files", "job, number", names_of(file_columns()))},
        {&Statements::save_details, upsert_if_other("details", "job, number", names_of(detail_columns()))},
        {&Statements::drop_details, "DELETE FROM details WHERE job = ?1 AND number = ?2"},
        {&Statements::revoke_end, "DELETE FROM outbox WHERE job = ?1 AND kind IN ('transferred', 'error')"},
        {&Statements::revoke_all_files, "DELETE FROM outbox WHERE job = ?1 AND kind = 'file-transferred'"},
        {&Statements::revoke_file,
         "DELETE FROM outbox WHERE job = ?1 AND kind IN ('file-transferred', 'remote-name-expired') "
         "AND file = ?2"},
        {&Statements::revoke_questions, "DELETE FROM outbox WHERE job = ?1 AND kind = 'remote-name-expired'"},
        {&Statements::add_notification, "INSERT INTO outbox (job, kind, file) VALUES (?1, ?2, ?3)"},
        {&Statements::remove_job, "DELETE FROM jobs WHERE id = ?1"},
        {&Statements::acknowledge, "DELETE FROM outbox WHERE row = ?1"},
        {&Statements::save_launches, upsert("launches", "owner, service", "count")},
        {&Statements::forget_launches, "DELETE FROM launches WHERE owner = ?1 AND service = ?2"},
        {&Statements::save_rest, upsert("hosts", "owner, server", "until, cause, code, sentence")},
        {&Statements::forget_rests, "DELETE FROM hosts WHERE until <= ?1"},
        {&Statements::add_discard,
         upsert("discards", "owner, directory, temporary", "folder_device, folder_inode, since, root")},
        {&Statements::forget_discard,
         "DELETE FROM discards WHERE owner = ?1 AND directory = ?2 AND temporary = ?3"},
        {&Statements::save_hold, upsert("holds", "owner", "until")},
        {&Statements::release_hold, "DELETE FROM holds WHERE owner = ?1"},
        {&Statements::end_hold, "DELETE FROM holds WHERE owner = ?1 AND until <> 0 AND until <= ?2"},
        {&Statements::save_user_limit, upsert("user_limits", "owner", "bandwidth")},
        {&Statements::forget_user_limit, "DELETE FROM user_limits WHERE owner = ?1"},
        {&Statements::add_ended, fmt::format("INSERT INTO ended_jobs ({}) VALUES ({})", EndedColumns,
                                             parameters(1, length(EndedColumns)))},
        {&Statements::trim_ended, "DELETE FROM ended_jobs WHERE owner = ?1 AND number <= (SELECT number FROM "
                                  "ended_jobs WHERE owner = ?1 "
                                  "ORDER BY number DESC LIMIT 1 OFFSET ?2)"},
        {&Statements::expire_ended, "DELETE FROM ended_jobs WHERE ended < ?1"},
        {&Statements::forget_ended, ended_of("DELETE", "")},
        {&Statements::forget_ended_of, ended_of("DELETE", "owner = ?6 AND ")},
        {&Statements::add_statistics, add_counters()},
    };
}

std::vector<Text> reading() {
    return {
        {&Statements::load_jobs,
         fmt::format("SELECT id, {}, http.job, {} FROM jobs LEFT JOIN http ON http.job = id ORDER BY id",
                     names_of(job_columns()), names_of(http_columns()))},
        {&Statements::load_credentials,
         fmt::format("SELECT job, number, {} FROM credentials ORDER BY job, number",
                     names_of(credentials_columns()))},
        {&Statements::load_files,
         fmt::format(
             "SELECT job, number, {}, details.job, {} FROM files LEFT JOIN details USING (job, number) "
             "ORDER BY job, number",
             names_of(file_columns()), names_of(detail_columns()))},
        {&Statements::load_outbox, "SELECT outbox.row, outbox.job, jobs.owner, outbox.kind, outbox.file "
                                   "FROM outbox JOIN jobs ON jobs.id = outbox.job ORDER BY outbox.row"},
        {&Statements::load_launches, "SELECT owner, service, count FROM launches ORDER BY owner, service"},
        {&Statements::load_rests,
         "SELECT owner, server, until, cause, code, sentence FROM hosts ORDER BY owner, server"},
        {&Statements::load_discards,
         "SELECT owner, directory, temporary, folder_device, folder_inode, since, root "
         "FROM discards ORDER BY since, owner, directory, temporary"},
        {&Statements::load_holds, "SELECT owner, until FROM holds ORDER BY owner"},
        {&Statements::load_user_limits, "SELECT owner, bandwidth FROM user_limits ORDER BY owner"},
        {&Statements::list_ended,
         ended_of(fmt::format("SELECT {}", EndedColumns), "", " ORDER BY number DESC LIMIT ?6 OFFSET ?7")},
        {&Statements::list_ended_of, ended_of(fmt::format("SELECT {}", EndedColumns), "owner = ?8 AND ",
                                              " ORDER BY number DESC LIMIT ?6 OFFSET ?7")},
        {&Statements::oldest_ended, "SELECT ended FROM ended_jobs ORDER BY number LIMIT 1"},
        {&Statements::load_statistics,
         fmt::format("SELECT owner, since{} FROM statistics ORDER BY owner", counter_columns())},
    };
}

} // namespace

Status Statements::prepare(Connection& db) {
    for (const auto& texts : {writing(), reading()})
        for (const auto& text : texts)
            if (auto ok = (this->*text.statement).prepare(db, text.sql); !ok) return ok;
    return Done{};
}

} // namespace haulier::store
