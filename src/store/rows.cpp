// SPDX-License-Identifier: LGPL-2.1-or-later
// The outbox and the launches.
#include "store/rows.hpp"

#include "store/columns.hpp"

namespace haulier::store {

void bind_notice(Use& use, const job::Id& job, const job::Notice& notice) {
    use.text(job.hex).text(to_word(notice.kind));
    put_number_of_file(use, notice.file);
}

Result<OutboxRow> read_outbox_row(Use& use) {
    Row row{use};
    OutboxRow out;
    out.row = row.integer(1, std::numeric_limits<int64_t>::max());
    out.job = row.id();
    out.owner = row.u32();
    out.notice.kind = row.parsed(notice_kind_from_word);
    out.notice.file = row.number_of_file();
    return if_sound(row, std::move(out));
}

Result<Launches> read_launches(Use& use) {
    Row row{use};
    Launches launches;
    launches.owner = row.u32();
    launches.service = row.text();
    launches.count = row.u32();
    return if_sound(row, std::move(launches));
}

} // namespace haulier::store
