// SPDX-License-Identifier: LGPL-2.1-or-later
// Structs to rows and back. What is read is checked as if a stranger had written it: a row that makes no
// sense is an error, never a crash; and nothing is written that could not be read again. Private to the room.
#pragma once

#include "store/database.hpp"
#include "store/store.hpp"

namespace haulier::store {

// Parameters and columns are in the order of statements.cpp.

void bind_job(Use& use, const job::Job& job);
void bind_file(Use& use, const job::Id& job, uint32_t number, const job::File& file);
void bind_notice(Use& use, const job::Id& job, const job::Notice& notice);

Result<job::Job> read_job(Use& use);
/// `number`: the one that this file must have.
Result<job::File> read_file(Use& use, uint32_t number);
Result<OutboxRow> read_outbox_row(Use& use);
Result<Launches> read_launches(Use& use);

} // namespace haulier::store
