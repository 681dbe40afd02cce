// SPDX-License-Identifier: LGPL-2.1-or-later
// Structs to rows and back. What is read is checked as if a stranger had written it: a row that makes no
// sense is an error, never a crash; and nothing is written that could not be read again. Private to the
// module.
#pragma once

#include "store/database.hpp"
#include "store/store.hpp"

namespace haulier::store {

// Parameters and columns are in the order of statements.cpp.

void bind_job(BoundStatement& use, const job::Job& job);
void bind_http(BoundStatement& use, const job::Id& job, const job::Http& http);
void bind_credentials(BoundStatement& use, const job::Id& job, size_t number,
                      const job::Credentials& credentials);
void bind_file(BoundStatement& use, const job::Id& job, uint32_t number, const job::File& file);
void bind_details(BoundStatement& use, const job::Id& job, uint32_t number, const job::File& file);
void bind_notification(BoundStatement& use, const job::Id& job, const job::Notification& notification);

/// Is there anything for a row of its own?
bool has_http(const job::Http& http);
bool has_details(const job::File& file);

/// Without its credentials.
Result<job::Job> read_job(BoundStatement& use);
/// `number`: the one that it must have; so below.
Result<job::Credentials> read_credentials(BoundStatement& use, size_t number);
Result<job::File> read_file(BoundStatement& use, size_t number);
Result<OutboxRow> read_outbox_row(BoundStatement& use);
Result<Launches> read_launches(BoundStatement& use);

} // namespace haulier::store
