// SPDX-License-Identifier: LGPL-2.1-or-later
// A file, and what few have.
#include "store/rows.hpp"

#include "store/columns.hpp"

namespace haulier::store {

namespace {

void put_stamp(BoundStatement& use, const std::optional<job::SourceStamp>& stamp) {
    if (!stamp) {
        use.null().null().null().null();
        return;
    }
    put_bits(use, stamp->inode.device);
    put_bits(use, stamp->inode.number);
    put_bits(use, stamp->size);
    use.integer(stamp->modified_ns);
}

/// All of it or nothing.
std::optional<job::SourceStamp> take_stamp(Row& row) {
    auto bits = [&] { return row.bits(); };
    auto device = row.optional(bits);
    auto inode = row.optional(bits);
    auto size = row.optional(bits);
    auto modified = row.optional(bits);
    if (!device && !inode && !size && !modified) return std::nullopt;
    if (!device || !inode || !size || !modified) {
        row.note_fault("stamp_modified");
        return std::nullopt;
    }
    return job::SourceStamp{{*device, *inode}, *size, static_cast<int64_t>(*modified)};
}

void take_details(Row& row, job::File& file) {
    file.spec.ranges = row.list(ranges_from_text);
    file.spec.mirrors = row.list(lines_from_text);
    file.marks = row.list(marks_from_text);
    file.response_headers = row.optional([&] { return row.text(); }).value_or("");
    file.wanted = row.list(ranges_from_text);
    file.filled = row.list(merged_ranges_from_text);
    file.upload_url = row.optional([&] { return row.text(); }).value_or("");
    file.stamp = take_stamp(row);
}

/// Empty becomes NULL.
void put_text(BoundStatement& use, const std::string& text) {
    if (text.empty())
        use.null();
    else
        use.text(text);
}

} // namespace

void bind_file(BoundStatement& use, const job::Id& job, uint32_t number, const job::File& file) {
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
    use.text(to_string(file.validation));
    put(use, "source", file.source, static_cast<int64_t>(file.spec.mirrors.size()));
    use.integer(file.redirected_cross_origin);
}

Result<job::File> read_file(BoundStatement& use, size_t number) {
    Row row{use};
    job::File file;
    row.number(number);
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
    file.validation = row.parsed(job::parse_validation);
    file.source = row.u32();
    file.redirected_cross_origin = row.truth();
    take_details(row, file);
    if (file.source > file.spec.mirrors.size()) row.note_fault("source");
    return if_sound(row, std::move(file));
}

bool has_details(const job::File& file) {
    return !file.spec.ranges.empty() || !file.spec.mirrors.empty() || !file.marks.empty() ||
           !file.response_headers.empty() || !file.wanted.empty() || !file.filled.empty() ||
           !file.upload_url.empty() || file.stamp;
}

void bind_details(BoundStatement& use, const job::Id& job, uint32_t number, const job::File& file) {
    use.text(job.hex).integer(number);
    put_list(use, "list of ranges", file.spec.ranges, ranges_from_text);
    put_list(use, "list of mirrors", file.spec.mirrors, lines_from_text);
    put_list(use, "list of sources", file.marks, marks_from_text);
    put_text(use, file.response_headers);
    put_list(use, "list of wanted ranges", file.wanted, ranges_from_text);
    put_list(use, "list of filled ranges", file.filled, merged_ranges_from_text);
    put_text(use, file.upload_url);
    put_stamp(use, file.stamp);
}

} // namespace haulier::store
