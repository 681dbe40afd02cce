// SPDX-License-Identifier: LGPL-2.1-or-later
// The tables: which columns each has. What is read is checked as if a stranger had written it: a row that
// makes no sense is an error, never a crash; and nothing is written that could not be read again. Private to
// the module.
#pragma once

#include "store/columns.hpp"
#include "store/store.hpp"

namespace haulier::store {

// Without their keys.
const Columns<job::Job>& job_columns();
/// Those that change while a job runs, as a checkpoint does.
const Columns<job::Job>& progress_columns();
/// How its requests are made; a job for which all of that is as usual has no row.
const Columns<job::Job>& http_columns();
const Columns<job::Credentials>& credentials_columns();
const Columns<job::File>& file_columns();
/// What few files have, or what is long and seldom changes; a file without any of it has no row.
const Columns<job::File>& detail_columns();

// Keys come first, then the columns.

void bind_job(BoundStatement& use, const job::Job& job);
void bind_progress(BoundStatement& use, const job::Job& job);
void bind_http(BoundStatement& use, const job::Job& job);
void bind_credentials(BoundStatement& use, const job::Id& job, size_t number,
                      const job::Credentials& credentials);
void bind_file(BoundStatement& use, const job::Id& job, uint32_t number, const job::File& file);
void bind_details(BoundStatement& use, const job::Id& job, uint32_t number, const job::File& file);
void bind_rest(BoundStatement& use, const Rest& rest);
void bind_scope(BoundStatement& use, job::Scope scope);
void bind_discard(BoundStatement& use, const Discard& discard);
void bind_notification(BoundStatement& use, const job::Id& job, const job::Notification& notification);

// Into a new object.

/// Without its credentials.
Status read_job(BoundStatement& use, job::Job& job);
/// Of the job whose id comes first and is known. `number`: the one that it must have; so below.
Status read_credentials(BoundStatement& use, size_t number, job::Credentials& credentials);
Status read_file(BoundStatement& use, size_t number, job::File& file);

Result<OutboxRow> read_outbox_row(BoundStatement& use);
Result<Launches> read_launches(BoundStatement& use);
Result<Rest> read_rest(BoundStatement& use);
Result<Discard> read_discard(BoundStatement& use);
Result<Hold> read_hold(BoundStatement& use);
Result<UserLimit> read_user_limit(BoundStatement& use);

} // namespace haulier::store
