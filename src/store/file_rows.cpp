// SPDX-License-Identifier: LGPL-2.1-or-later
// A file, and what only few files have.
#include "store/rows.hpp"

namespace haulier::store {

namespace {

/// Four columns: all of them or none.
struct StampCell {
    static void put(BoundStatement& use, std::string_view /*column*/,
                    const std::optional<job::SourceStamp>& stamp) {
        if (!stamp) {
            use.null().null().null().null();
            return;
        }
        Cell<uint64_t>::put(use, "stamp_device", stamp->inode.device);
        Cell<uint64_t>::put(use, "stamp_inode", stamp->inode.number);
        Cell<uint64_t>::put(use, "stamp_size", stamp->size);
        use.integer(stamp->modified_ns);
    }
    static std::optional<job::SourceStamp> take(Row& row) {
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
};

/// Read before the mirrors, and compared with them by read_file().
Column<job::File> source_column() {
    auto source = column<job::File, &job::File::source>("source");
    source.put = [](BoundStatement& use, std::string_view names, const job::File& file) {
        put(use, names, file.source, static_cast<int64_t>(file.spec.mirrors.size()));
    };
    return source;
}

} // namespace

const Columns<job::File>& file_columns() {
    using job::File;
    using job::FileSpec;
    using job::Inode;
    using job::Validators;
    static const Columns<File> all{
        column<File, &File::spec, &FileSpec::remote>("remote"),
        column<File, &File::spec, &FileSpec::local>("local"),
        column<File, &File::spec, &FileSpec::checksum>("checksum"),
        column_as<SizeCell, File, &File::spec, &FileSpec::size>("expected_size"),
        column<File, &File::spec, &FileSpec::mode>("mode"),
        column_as<SizeCell, File, &File::total>("total"),
        column<File, &File::offset>("durable"),
        column<File, &File::validators, &Validators::etag>("etag"),
        column<File, &File::validators, &Validators::last_modified>("last_modified"),
        column<File, &File::validators, &Validators::date_is_strong>("date_is_strong"),
        column<File, &File::validators, &Validators::content_type>("content_type"),
        column<File, &File::inode, &Inode::device>("device"),
        column<File, &File::inode, &Inode::number>("inode"),
        column<File, &File::restarts>("restarts"),
        column<File, &File::mismatches>("mismatches"),
        column<File, &File::transferred>("transferred"),
        column<File, &File::completed>("completed"),
        column<File, &File::validation>("validation"),
        source_column(),
        column<File, &File::redirected_cross_origin>("led_away"),
        column<File, &File::naming>("naming"),
    };
    return all;
}

const Columns<job::File>& detail_columns() {
    using job::File;
    using job::FileSpec;
    static const Columns<File> all{
        column<File, &File::spec, &FileSpec::ranges>("ranges"),
        column<File, &File::spec, &FileSpec::mirrors>("mirrors"),
        column<File, &File::source_statuses>("marks"),
        column_as<TextOrNullCell, File, &File::response_headers>("response_headers"),
        column<File, &File::wanted>("wanted"),
        column_as<ListCell<merged_ranges_from_text>, File, &File::filled>("filled"),
        column_as<TextOrNullCell, File, &File::upload_url>("upload_url"),
        column_as<TextOrNullCell, File, &File::named_remote>("named_remote"),
        column_as<StampCell, File, &File::stamp>("stamp_device, stamp_inode, stamp_size, stamp_modified"),
        column_as<DefaultIsNullCell<bool>, File, &File::failed>("failed"),
        column_as<DefaultIsNullCell<uint32_t>, File, &File::failures>("file_failures"),
        column_as<DefaultIsNullCell<job::Wait>, File, &File::wait>("file_wait"),
        column_as<DefaultIsNullCell<Usec>, File, &File::retry_wait>("file_retry_wait"),
        column_as<DefaultIsNullCell<WallTime>, File, &File::retry_date>("file_retry_date"),
        column_as<DefaultIsNullCell<Usec>, File, &File::stalled_for>("file_stalled_for"),
        column_as<ErrorCell, File, &File::error>("cause, code, sentence, cause_file"),
        column_as<DefaultIsNullCell<uint64_t>, File, &File::folder, &job::Inode::device>("folder_device"),
        column_as<DefaultIsNullCell<uint64_t>, File, &File::folder, &job::Inode::number>("folder_inode"),
        column_as<DefaultIsNullCell<uint64_t>, File, &File::part>("temporary_number"),
        column_as<DefaultIsNullCell<job::Existing>, File, &File::spec, &FileSpec::existing>("existing"),
        column_as<DefaultIsNullCell<bool>, File, &File::spec, &FileSpec::server_name>("server_name"),
        column_as<DefaultIsNullCell<WallTime>, File, &File::spec, &FileSpec::if_modified_since>(
            "if_modified_since"),
        column_as<TextOrNullCell, File, &File::spec, &FileSpec::if_none_match>("if_none_match"),
        column_as<DefaultIsNullCell<bool>, File, &File::not_modified>("not_modified"),
        column_as<DefaultIsNullCell<bool>, File, &File::removed>("removed"),
        column_as<TextOrNullCell, File, &File::secrets_for>("secrets_for"),
        column_as<DefaultIsNullCell<bool>, File, &File::renewal_asked>("renewal_asked"),
        column<File, &File::spec, &FileSpec::peers>("peers"),
        column_as<DefaultIsNullCell<uint32_t>, File, &File::peer>("peer"),
        column_as<DefaultIsNullCell<bool>, File, &File::from_peers>("from_peers"),
        column_as<ListCell<merged_ranges_from_text>, File, &File::pieces>("pieces"),
    };
    return all;
}

void bind_file(BoundStatement& use, const job::Id& job, uint32_t number, const job::File& file) {
    use.text(job.hex).integer(number);
    put_all(use, file_columns(), file);
}

void bind_details(BoundStatement& use, const job::Id& job, uint32_t number, const job::File& file) {
    use.text(job.hex).integer(number);
    put_all(use, detail_columns(), file);
}

Status read_file(BoundStatement& use, size_t number, job::File& file) {
    Row row{use};
    row.skip();
    row.number(number);
    take_all(row, file_columns(), file);
    if (row.optional([&] { return row.id(); })) take_all(row, detail_columns(), file);
    if (file.source > file.spec.mirrors.size()) row.note_fault("source");
    return row.sound();
}

} // namespace haulier::store
