// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/statements.hpp"

#include <array>

namespace haulier::store {

namespace {

struct Text {
    Statement Statements::*statement;
    std::string_view sql;
};

// Not INSERT OR REPLACE: that deletes the old row first, and with it the job's files and notices.
constexpr std::array Texts{
    Text{&Statements::save_job, R"(
INSERT INTO jobs (id, type, owner, key, state, completing, display_name, description, notify_flags, notify_service,
    notify_path, minimum_notification_interval, created, modified, transferred_at, error_cause, error_code,
    error_sentence, error_file, error_count, minimum_retry_delay, no_progress_timeout, failures, retry_wait,
    retry_date, stalled_for)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
    ?24, ?25, ?26)
ON CONFLICT (id) DO UPDATE SET (type, owner, key, state, completing, display_name, description, notify_flags,
    notify_service, notify_path, minimum_notification_interval, created, modified, transferred_at, error_cause,
    error_code, error_sentence, error_file, error_count, minimum_retry_delay, no_progress_timeout, failures,
    retry_wait, retry_date, stalled_for)
= (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25,
    ?26))"},
    Text{&Statements::save_file, R"(
INSERT INTO files (job, number, remote, local, checksum, expected_size, mode, total, durable, etag, last_modified,
    date_is_strong, device, inode, restarts, mismatches, transferred, completed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
ON CONFLICT (job, number) DO UPDATE SET (remote, local, checksum, expected_size, mode, total, durable, etag,
    last_modified, date_is_strong, device, inode, restarts, mismatches, transferred, completed)
= (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18))"},
    Text{&Statements::void_notices, "DELETE FROM outbox WHERE job = ?1 AND kind IN ('transferred', 'error')"},
    Text{&Statements::add_notice, "INSERT INTO outbox (job, kind, file) VALUES (?1, ?2, ?3)"},
    Text{&Statements::remove_job, "DELETE FROM jobs WHERE id = ?1"},
    Text{&Statements::acknowledge, "DELETE FROM outbox WHERE row = ?1"},
    Text{&Statements::save_launches, R"(
INSERT INTO launches (owner, service, count) VALUES (?1, ?2, ?3)
ON CONFLICT (owner, service) DO UPDATE SET count = ?3)"},
    Text{&Statements::forget_launches, "DELETE FROM launches WHERE owner = ?1 AND service = ?2"},
    Text{&Statements::load_jobs, R"(
SELECT id, type, owner, key, state, completing, display_name, description, notify_flags, notify_service,
    notify_path, minimum_notification_interval, created, modified, transferred_at, error_cause, error_code,
    error_sentence, error_file, error_count, minimum_retry_delay, no_progress_timeout, failures, retry_wait,
    retry_date, stalled_for
FROM jobs ORDER BY created, id)"},
    Text{&Statements::load_files, R"(
SELECT number, remote, local, checksum, expected_size, mode, total, durable, etag, last_modified, date_is_strong,
    device, inode, restarts, mismatches, transferred, completed
FROM files WHERE job = ?1 ORDER BY number)"},
    Text{&Statements::load_outbox, R"(
SELECT outbox.row, outbox.job, jobs.owner, outbox.kind, outbox.file
FROM outbox JOIN jobs ON jobs.id = outbox.job ORDER BY outbox.row)"},
    Text{&Statements::load_launches, "SELECT owner, service, count FROM launches ORDER BY owner, service"},
};

} // namespace

Status Statements::prepare(Connection& db) {
    for (const auto& text : Texts)
        if (auto ok = (this->*text.statement).prepare(db, text.sql); !ok) return ok;
    return Done{};
}

} // namespace haulier::store
