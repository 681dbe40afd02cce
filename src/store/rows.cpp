// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/rows.hpp"

#include "job/check.hpp"
#include "store/columns.hpp"

namespace haulier::store {

namespace {

void put_error(Use& use, const std::optional<job::JobError>& error) {
    if (!error) {
        use.null().null().null().null();
        return;
    }
    use.text(to_word(error->cause)).integer(error->code).text(error->sentence);
    put_number_of_file(use, error->file);
}

std::optional<job::JobError> take_error(Row& row) {
    auto cause = row.optional([&] { return row.parsed(job::cause_from_word); });
    auto code = row.optional([&] { return row.i32(); });
    auto sentence = row.optional([&] { return row.text(); });
    auto file = row.number_of_file();
    if (!cause) return std::nullopt;
    return job::JobError{*cause, code.value_or(0), sentence.value_or(""), file};
}

/// What was read, if all of it made sense.
template <class T>
Result<T> if_sound(const Row& row, T value) {
    if (auto ok = row.sound(); !ok) return ok.error();
    return value;
}

} // namespace

void bind_job(Use& use, const job::Job& job) {
    put_id(use, job.id);
    use.text(to_word(job.type))
        .integer(job.owner)
        .text(job.key)
        .text(to_word(job.state))
        .integer(job.completing);
    use.text(job.display_name).text(job.description);
    use.text(to_text(job.notify_flags)).text(job.notify_service.name).text(job.notify_service.path);
    put(use, "minimum notification interval", job.minimum_notification_interval.count(), MaxU32);
    put_date(use, "creation date", job.created);
    put_date(use, "modification date", job.modified);
    put_date(use, "transfer date", job.transferred_at);
    put_error(use, job.error);
    use.integer(job.error_count);
    put(use, "minimum retry delay", job.minimum_retry_delay.count(), MaxU32);
    put(use, "no-progress timeout", job.no_progress_timeout.count(), MaxU32);
    use.integer(job.failures);
    put_span(use, "retry wait", job.retry_wait);
    put_date(use, "retry date", job.retry_date);
    put_span(use, "stalled time", job.stalled_for);
}

Result<job::Job> read_job(Use& use) {
    Row row{use};
    job::Job job;
    job.id = row.id();
    job.type = row.parsed(type_from_word);
    job.owner = row.u32();
    job.key = row.text();
    job.state = row.parsed(job::state_from_word);
    job.completing = row.truth();
    job.display_name = row.text();
    job.description = row.text();
    job.notify_flags = row.parsed(flags_from_text);
    job.notify_service.name = row.text();
    job.notify_service.path = row.text();
    job.minimum_notification_interval = std::chrono::milliseconds{row.u32()};
    job.created = row.date();
    job.modified = row.date();
    job.transferred_at = row.date();
    job.error = take_error(row);
    job.error_count = row.u32();
    job.minimum_retry_delay = std::chrono::seconds{row.u32()};
    job.no_progress_timeout = std::chrono::seconds{row.u32()};
    job.failures = row.u32();
    job.retry_wait = row.span();
    job.retry_date = row.date();
    job.stalled_for = row.span();
    return if_sound(row, std::move(job));
}

void bind_file(Use& use, const job::Id& job, uint32_t number, const job::File& file) {
    use.text(job.hex).integer(number).text(file.spec.remote).text(file.spec.local);
    put_checksum(use, file.spec.checksum);
    put_size(use, file.spec.size);
    if (file.spec.mode)
        use.integer(*file.spec.mode);
    else
        use.null();
    put_size(use, file.total);
    put_bits(use, file.offset);
    use.text(file.validators.etag)
        .text(file.validators.last_modified)
        .integer(file.validators.date_is_strong);
    put_bits(use, file.inode.device);
    put_bits(use, file.inode.number);
    use.integer(file.restarts).integer(file.mismatches).integer(file.transferred).integer(file.completed);
}

Result<job::File> read_file(Use& use, uint32_t number) {
    Row row{use};
    job::File file;
    row.integer(number, number);
    file.spec.remote = row.text();
    file.spec.local = row.text();
    file.spec.checksum = row.optional([&] { return row.parsed(checksum_from_text); });
    file.spec.size = row.size();
    file.spec.mode = row.optional([&] { return row.u32(); });
    file.total = row.size();
    file.offset = row.bits();
    file.validators.etag = row.text();
    file.validators.last_modified = row.text();
    file.validators.date_is_strong = row.truth();
    file.inode.device = row.bits();
    file.inode.number = row.bits();
    file.restarts = row.u32();
    file.mismatches = row.u32();
    file.transferred = row.truth();
    file.completed = row.truth();
    return if_sound(row, std::move(file));
}

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
